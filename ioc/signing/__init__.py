"""Signing: making the signatures of directives, for commands and tools that hold a private key."""
