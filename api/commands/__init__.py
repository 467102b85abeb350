"""Operator commands over HTTP: what they may say, what speaks against them, and the events they become."""
