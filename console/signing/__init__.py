"""`ioc sign`: keys and signatures for those who give directives."""
