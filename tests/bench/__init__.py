"""Benchmarks: measured on real processes and a real broker, printed, never asserted on as a bare time."""
