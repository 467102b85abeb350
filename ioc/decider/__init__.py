"""The decider: `decide(state, event, now, catalogue)` makes the new state of an incident, and the facts. No effects."""
