"""The HTTP side: the read model, REST, the live feed, the intake of events and commands, and the screen."""
