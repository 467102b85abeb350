"""Matters: which reports are one and the same, found by sightings of what and where they are."""
