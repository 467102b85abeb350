"""The figures of the operations centre: now, and of any period."""
