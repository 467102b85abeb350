"""Which partition a key belongs to, by the rule of Kafka's Java clients.

Clients on librdkafka use another rule by default (set `partitioner=murmur2_random`). If the report of an incident went
by one rule and its resolution by the other, they would lie in two partitions and never meet.
"""

from functools import lru_cache
from struct import Struct

_WORDS = Struct("<I")
_M = 0x5BD1E995
_SEED = 0x9747B28C
_32 = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """Return the 32-bit MurmurHash2 (Austin Appleby) of a key, with the seed that Kafka uses."""
    length = len(key)
    aligned = length & ~3
    h = _SEED ^ length
    for (word,) in _WORDS.iter_unpack(key[:aligned]):
        k = word * _M & _32
        h = (h * _M ^ (k ^ k >> 24) * _M) & _32
    if length > aligned:
        h = (h ^ int.from_bytes(key[aligned:], "little")) * _M & _32
    h = (h ^ h >> 13) * _M & _32
    return h ^ h >> 15


@lru_cache(4096)
def partition_of(key: bytes, partitions: int) -> int:
    """Return the number of the partition a key belongs to, of so many. Cached: a batch mostly has few keys."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
