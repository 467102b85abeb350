"""The Faust worker: reads a partition, folds it with the domain, writes what the fold said."""
