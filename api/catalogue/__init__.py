"""The catalogue over HTTP: services, units and wards, the map, and the link to the war room."""
