"""Frames on a pipe: four bytes of length, then one message of `checker.grading.wire`."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

from checker.grading import wire

_HEADER = struct.Struct("!I")


def frame(message: Any) -> bytes:
    """The bytes of one message.

    Raises:
        wire.WireError: it is too large or too deep.
    """
    body = wire.encode(message)
    return _HEADER.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes, which may come in any pieces, into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """Add bytes; return the messages that are complete now.

        Raises:
            wire.WireError: the stream is not what `frame` writes. It cannot be read further.
        """
        self._buffer += data
        messages = []
        while len(self._buffer) >= _HEADER.size:
            (size,) = _HEADER.unpack_from(self._buffer)
            if size > wire.MAX_BYTES:
                raise wire.WireError(f"a frame that announces {size:,} bytes")
            if len(self._buffer) < _HEADER.size + size:
                break
            body = bytes(self._buffer[_HEADER.size : _HEADER.size + size])
            del self._buffer[: _HEADER.size + size]
            messages.append(wire.decode(body))
        return messages


def read(stream: BinaryIO) -> Any:
    """Read one message from a blocking stream of a trusted writer.

    Raises:
        EOFError: the stream ended.
    """
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise EOFError
    (size,) = _HEADER.unpack(header)
    return wire.decode(stream.read(size))
