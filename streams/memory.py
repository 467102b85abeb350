"""Free memory: the C library keeps what was freed, and a restore needs a good deal for a while."""

import ctypes


def release_free_memory() -> None:
    """Give free memory back to the system, where the C library can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
