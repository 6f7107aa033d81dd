"""Pieces of a packed answer come in, unpacked pieces go out, never more than was allowed in all."""

import zlib
from collections.abc import Callable

from klankbord.errors import PermanentError, TransientError


def unpacker(encoding: str, limit: int) -> Callable[[bytes], bytes]:
    """A function that unpacks piece by piece and never gives more than `limit` bytes in all; b"" ends it.

    Raises:
        PermanentError: from the function: it is more than that.
        TransientError: packed in a way that we did not ask for; from the function: cut short.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return _Plain(limit)
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _Zlib(limit)
    raise TransientError(f"the answer is packed in a way we did not ask for: {encoding[:40]!r}")


class _Plain:
    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0

    def __call__(self, piece: bytes) -> bytes:
        self._size += len(piece)
        if self._size > self._limit:
            raise PermanentError(f"the answer is larger than {self._limit:,} bytes")
        return piece


class _Zlib:
    """Unpacks gzip, also in several members, and deflate with or without the zlib header."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._stream = zlib.decompressobj(wbits=47)
        self._begun = False

    def __call__(self, piece: bytes) -> bytes:
        if not piece:
            if self._begun and not self._stream.eof:
                raise TransientError("the packed answer was cut short")
            return b""
        out = bytearray()
        while piece:
            out += self._some(piece)
            if self._size > self._limit:
                raise PermanentError(f"the answer is larger than {self._limit:,} bytes after unpacking")
            piece = self._stream.unconsumed_tail
            if self._stream.eof:
                piece = self._next_member()
        return bytes(out)

    def _some(self, piece: bytes) -> bytes:
        room = self._limit - self._size + 1
        try:
            got = self._stream.decompress(piece, room)
        except zlib.error:
            if self._begun:
                raise
            self._stream = zlib.decompressobj(wbits=-15)
            got = self._stream.decompress(piece, room)
        self._begun = True
        self._size += len(got)
        return got

    def _next_member(self) -> bytes:
        rest = self._stream.unused_data
        if not rest.startswith(b"\x1f\x8b"):
            # padding after the last member is allowed and common
            return b""
        self._stream = zlib.decompressobj(wbits=47)
        return rest
