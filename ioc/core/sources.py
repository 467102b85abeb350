"""Who says what is heard: services, the centre's people, or the centre of its own accord."""

# All that people or parts of the centre say about an incident begins with this; its last part is the incident's slug.
CENTRE = "/operations-centre/"


def is_own(source: str) -> bool:
    """True of what a part of the centre tells of its own accord: it names itself before the slug, people do not."""
    return source.startswith(CENTRE) and "/" in source[len(CENTRE) :]
