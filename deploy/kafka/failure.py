"""The one way the local broker says that it cannot do what was asked."""


class BrokerFailure(Exception):
    """A broker cannot be had, and why; the text is for the person at the terminal and says what to do."""
