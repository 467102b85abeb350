"""Faust, made to do one thing: hand committed records to the partitions a worker owns, a batch at a time."""
