"""Sensors: what they measure and say, what is known of each, and what the centre makes of it."""
