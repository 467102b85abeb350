"""Deadlines: which targets an incident has, how their clocks run, and what is announced when."""
