"""A child process for files from outside: what happens in there can cost so much memory and time, and harm nobody.

Imports neither Django nor a database, so that the child starts at once; it gets no secret of the installation either.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

try:
    import resource
except ImportError:  # on Windows the time limit alone holds
    resource = None  # type: ignore[assignment]

HOUSE = Path(__file__).resolve().parents[2]


class Died(Exception):
    """The child ended without a last word: it was out of memory, out of time, or crashed."""


class Child:
    """Runs a module with a request, and hands on the messages that it writes, each a line of JSON.

    The request holds `memory` (bytes), `processor` (seconds) and whatever the module asks for.
    """

    def __init__(self, module: str, request: dict[str, Any], *, silence: float):
        self.silence = silence
        kept = environment()
        paths = os.pathsep.join(filter(None, (str(HOUSE), kept.get("PYTHONPATH"))))
        self.process = subprocess.Popen(
            [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=HOUSE, env={**kept, "PYTHONPATH": paths},
        )  # fmt: skip
        assert self.process.stdin
        with contextlib.suppress(OSError), self.process.stdin as pipe:  # a child that is dead already says so below
            pipe.write(json.dumps(request).encode())

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield the messages, the last of which has `end`; raise Died where it is missing. The child never outlives this."""
        try:
            while line := self._line():
                try:
                    message = json.loads(line)
                except ValueError:
                    break
                yield message
                if "end" in message:
                    return
            raise Died
        finally:
            self.close()

    def _line(self) -> bytes:
        """Return the next line; waiting ends with the child's life when it says nothing for too long."""
        assert self.process.stdout
        watch = Timer(self.silence, self.process.kill)  # a timer works on every system, and counts waiting only
        watch.start()
        try:
            line = self.process.stdout.readline()
        finally:
            watch.cancel()
        return line if line.endswith(b"\n") else b""

    def close(self) -> None:
        """End the child."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def environment() -> dict[str, str]:
    """Return the environment for a process that gets no secret of the installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KAIFAQU_")}


def bind(process: int, memory: int, processor: int) -> None:
    """Bind a running process, and what it will start, to limits, where the system can do that from outside."""
    if resource and hasattr(resource, "prlimit"):
        for which, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, processor)):
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(process, which, (most, most))


def request() -> dict[str, Any]:
    """Return what the parent asks for, having bound this process to its limits."""
    asked = json.load(sys.stdin.buffer)
    if resource:
        for which, most in ((resource.RLIMIT_AS, asked["memory"]), (resource.RLIMIT_CPU, asked["processor"])):
            resource.setrlimit(which, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return asked


def say(message: dict[str, Any]) -> None:
    """Send the parent one message."""
    sys.stdout.buffer.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
    sys.stdout.buffer.flush()
