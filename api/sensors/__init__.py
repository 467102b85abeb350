"""Sensors over HTTP."""
