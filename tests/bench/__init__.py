"""Benchmarks: measured on real processes and a real broker, printed and written down, never asserted on as a bare time.

A benchmark is a function of a broker's address and an empty folder that returns what it measured, listed in
`benchmarks.py`. It raises when what was computed meanwhile is not right: a figure got by doing less is none.
"""
