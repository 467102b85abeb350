"""Programs that read the same records as our worker and do less with them, each in a process of its own.

They are called with the broker's address, the topic to read, the one to write and the number of records, and say on
their standard output how they did (`lap.py`).
"""
