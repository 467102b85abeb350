"""Incidents over HTTP: lists, details, groups by cause, and the bulk table that cities publish."""
