"""`ioc dead-letters`: the records that were refused."""
