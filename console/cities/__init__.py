"""Cities' requests, read as events: a map a city says what its columns mean."""
