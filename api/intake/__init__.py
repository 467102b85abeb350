"""The door for events that come over HTTP: what they are, whether they may come in, and how many may wait."""
