"""Who reported an incident: shown to few, and every look is recorded."""
