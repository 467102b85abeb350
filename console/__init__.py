"""The command line `ioc`: the composition root of workers, API, demo, replay and tools."""
