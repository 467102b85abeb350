"""The shape of the code, measured: how full folders are, how long files and functions, and whether names say something.

`python -m tests.house` prints the figures and what is beyond its bar; `make check` runs it.
"""
