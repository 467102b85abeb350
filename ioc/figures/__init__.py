"""Figures: the counts and durations that incidents add to windows of time, and the formulas over their sums."""
