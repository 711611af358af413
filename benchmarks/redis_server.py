"""A Redis of our own on a free port of loopback, and just enough of its protocol to time it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Redis:
    """A connection that sends what was written before, and waits for all answers."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._port = port

    def another(self) -> Redis:
        """Return a second connection to the same server."""
        return Redis(self._port)

    def close(self) -> None:
        """End the connection."""
        self._file.close()
        self._socket.close()

    def ask(self, commands: bytes, answers: int = 1) -> list[object]:
        """Send commands and read so many answers."""
        self._socket.sendall(commands)
        return [self._answer() for _ in range(answers)]

    def _answer(self) -> object:
        line = self._file.readline().rstrip()
        kind, rest = line[:1], line[1:]
        if kind == b"*":
            return [self._answer() for _ in range(int(rest))]
        if kind == b"$":
            return self._file.read(int(rest) + 2)[:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        return int(rest) if kind == b":" else rest


def command(*words: object) -> bytes:
    """Return a command as Redis reads it."""
    written = [str(word).encode() for word in words]
    parts = [b"*%d\r\n" % len(written)]
    parts += [b"$%d\r\n%s\r\n" % (len(word), word) for word in written]
    return b"".join(parts)


def commands(rows: Sequence[Sequence[object]]) -> bytes:
    """Return many commands, one after the other."""
    return b"".join(command(*row) for row in rows)


@contextmanager
def redis() -> Iterator[Redis | None]:
    """Yield a connection to a server that ends with the block; None: Redis is not installed."""
    if shutil.which("redis-server") is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [
                "redis-server",
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                folder,
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            yield _connected(port)
        finally:
            server.terminate()
            server.wait()


def _connected(port: int) -> Redis:
    for _ in range(200):
        try:
            return Redis(port)
        except ConnectionRefusedError:
            time.sleep(0.05)
    msg = f"Redis does not answer on port {port}"
    raise RuntimeError(msg)
