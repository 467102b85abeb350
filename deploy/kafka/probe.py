"""Asks a local port whether a Kafka broker answers there, without a client library: none may be there yet."""

import socket
import struct

HOST = "127.0.0.1"
_METADATA, _VERSION, _CORRELATION, _CLIENT = 3, 2, 1, b"ioc-probe"


def cluster(port: int, timeout: float = 1.0) -> str | None:
    """Return the cluster that a broker on this local port is a live member of; `timeout` in seconds."""
    try:
        with socket.create_connection((HOST, port), timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(_request())
            return _cluster_of(_response(connection))
    except (OSError, struct.error):
        return None


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this local port."""
    with socket.socket() as attempt:
        # As the broker does: connections of an earlier broker that are still closing are no obstacle.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            return False
    return True


def _request() -> bytes:
    """Build a Metadata request for the brokers and no topic."""
    header = struct.pack(">hhih", _METADATA, _VERSION, _CORRELATION, len(_CLIENT)) + _CLIENT
    body = struct.pack(">i", 0)
    return struct.pack(">i", len(header) + len(body)) + header + body


def _response(connection: socket.socket) -> bytes:
    return _exactly(connection, _integer(_exactly(connection, 4), 0))


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise ConnectionError("closed in the middle of an answer")
        received += part
    return received


def _cluster_of(response: bytes) -> str | None:
    """Read the cluster's id: it follows the correlation id and the live brokers, of which there must be one."""
    brokers, at = _integer(response, 4), 8
    for _ in range(brokers):
        _, at = _text(response, at + 4)  # the node's number, its host
        _, at = _text(response, at + 4)  # its port, its rack
    return _text(response, at)[0] if brokers else None


def _text(response: bytes, at: int) -> tuple[str | None, int]:
    """Read a text that may be null; return it and where what follows it begins."""
    (size,) = struct.unpack_from(">h", response, at)
    end = at + 2 + max(size, 0)
    return (response[at + 2 : end].decode() if size >= 0 else None), end


def _integer(raw: bytes, offset: int) -> int:
    return int.from_bytes(raw[offset : offset + 4], "big", signed=True)
