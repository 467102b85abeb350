"""The city's catalogue: services, units, wards, procedures, calendars, channels and rules, as frozen values.

`ioc.catalogue.reading` reads them from YAML, once, at the start of a process. It names every error of every file at
once, and a catalogue with one error is not used at all.
"""
