"""The intake of events over HTTP: how they are read, whether they are admitted, and how many may wait."""
