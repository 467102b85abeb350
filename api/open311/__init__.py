"""Open311 GeoReport v2: citizens' reports come in, and can be followed, as other cities' servers have it.

The specification: https://wiki.open311.org/GeoReport_v2/.
"""
