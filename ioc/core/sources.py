"""The sources of events: the city's services, people at the centre, and the centre itself."""

# What people or parts of the centre say about an incident has such a source; its last segment is the incident's slug.
CENTRE = "/operations-centre/"


def is_own(source: str) -> bool:
    """True of an event that a part of the centre sends by itself: its name stands before the slug; people have none."""
    return source.startswith(CENTRE) and "/" in source[len(CENTRE) :]
