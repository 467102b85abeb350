"""Readers of the catalogue's YAML files, one module a file. Each reports all errors, not only the first."""
