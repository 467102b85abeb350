"""`ioc replay` and `ioc verdicts`: a city's old requests as events, and its own verdicts against the centre's."""
