"""A simulated city: what its services would send in the season of storms, the same again from the same seed."""
