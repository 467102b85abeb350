"""`ioc verify`: everything the processors wrote, recomputed from the log and compared."""
