"""The least a client can do: a request written as bytes beforehand, and connections that are kept.

What is timed is then the server and the loopback, not the client's own work on headers, JSON and signatures.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer and the seconds from the first byte sent to the last one received."""

    body: Any
    seconds: float


@dataclass
class Wires:
    """Connections to one server; as many as are in use at a time."""

    host: str
    port: int
    _free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Post a body; raises where the answer is not 200."""
        lines = [f"POST {path} HTTP/1.1", f"host: {self.host}:{self.port}", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        request = "\r\n".join(lines).encode() + body
        reader, writer = (
            self._free.pop() if self._free else await asyncio.open_connection(self.host, self.port)
        )
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        answer = await reader.readexactly(_length(head))
        took = time.perf_counter() - began
        self._free.append((reader, writer))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise AssertionError((head, answer))
        return Answer(json.loads(answer), took)

    async def close(self) -> None:
        """Let go of the connections."""
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()
        self._free.clear()


def _length(head: bytes) -> int:
    at = head.lower().index(_LENGTH) + len(_LENGTH)
    return int(head[at : head.index(b"\r\n", at)])
