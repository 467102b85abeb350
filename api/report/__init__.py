"""The figures of a period as pages to print, in Vietnamese or English: one file that asks nobody for anything."""
