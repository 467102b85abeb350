"""The HTTP side: read model, REST, live stream, intake of operator commands, the screen."""
