"""The live feed: what changes, sent to every screen as server-sent events."""
