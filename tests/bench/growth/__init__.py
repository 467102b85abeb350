"""What a larger place would need: from what one city's day leaves behind and what the benchmarks measured.

`python -m tests.bench.growth` prints the tables of docs/growth.md; `--record` measures the inputs anew and rewrites it.
"""
