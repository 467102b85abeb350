"""The domain of incidents: pure functions and values, without clock, broker, web server or environment."""
