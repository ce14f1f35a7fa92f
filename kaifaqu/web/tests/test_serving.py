"""Serving: the worker beside the server comes, comes again when it was killed, and goes with the server, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import free_port

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked for in /proc")
PATIENCE = 60  # seconds; only a broken server takes so long


def workers_of(server: int) -> list[int]:
    """Return the processes that the server has started as workers."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:  # it has just ended
            continue
        if parent == server and "--beside" in words:
            found.append(int(folder.name))
    return found


def is_alive(process: int) -> bool:
    """Tell whether the process runs."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(ask):
    """Return the answer as soon as it is not empty."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


@pytest.fixture
def server(tmp_path):
    settings = {
        "KAIFAQU_HOME": str(tmp_path), "KAIFAQU_DATABASE_URL": f"sqlite:///{tmp_path / 'db'}", "KAIFAQU_DEMO": "False",
        "KAIFAQU_PORT": str(free_port()), "PYTHONUTF8": "1",
    }
    environment = {**os.environ, **settings}
    subprocess.run([sys.executable, "-m", "kaifaqu", "setup"], env=environment, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [sys.executable, "-m", "kaifaqu", "serve"], env=environment, stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # tests that run in the background inherit a deaf ear
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_is_started_again_when_it_was_killed_and_ends_with_the_server(server, how):
    [first] = eventually(lambda: workers_of(server.pid))
    os.kill(first, signal.SIGKILL)
    [second] = eventually(lambda: [pid for pid in workers_of(server.pid) if pid != first])
    server.send_signal(how)
    server.wait(PATIENCE)
    assert eventually(lambda: not is_alive(second))
