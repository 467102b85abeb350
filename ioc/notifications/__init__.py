"""Notifications: who is notified of what, through which channel, when and in which words, and why some are not."""
