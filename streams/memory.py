"""Memory that is free again: the C library keeps what it was given, and a restore needs a good deal for a while."""

import ctypes


def give_back() -> None:
    """Give free memory back to the system, where the C library knows how (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
