"""Notifications and maintenance windows over HTTP."""
