"""A simulated city: what its services would send in the season of storms, the same again from the same seed."""

from console.simulate.days import days
from console.simulate.planned import Planned

__all__ = ["Planned", "days"]
