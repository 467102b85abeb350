"""The Faust worker: reads events, calls the pure fold, writes what it returned, exactly once."""
