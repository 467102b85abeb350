"""`ioc demo`: a whole centre on this machine, and a day in Huế played through it."""
