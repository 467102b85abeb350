"""Figures: what each incident adds to which window, and the formulas over them."""
