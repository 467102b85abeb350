"""Notices: who is told what, how and when, in which words, and when nobody is."""
