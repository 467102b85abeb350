"""The incident: its lifecycle, the events that make it, the state they fold to, and the facts about it."""
