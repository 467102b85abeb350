"""Duplicates: which reports are about the same thing, found by where, when and of which kind they are."""
