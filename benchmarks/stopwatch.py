"""CPU and wall seconds of a piece of work; those of its children and of a PostgreSQL server on this machine are included."""

import gc
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Return the seconds that the work took, and what it returned."""
    gc.collect()
    gc.freeze()  # what the measuring itself keeps in memory costs the work nothing
    try:
        cpu, wall = _cpu(), time.perf_counter()
        done = work()
        return {"cpu": _cpu() - cpu, "wall": time.perf_counter() - wall}, done
    finally:
        gc.unfreeze()


def _cpu() -> float:
    children = os.times()  # those that have ended
    return time.process_time() + children.children_user + children.children_system + _server()


def _server() -> float:
    """Return the CPU seconds of the PostgreSQL server that this process talks to; 0 where there is none to ask."""
    from django.db import connection

    if connection.vendor != "postgresql" or not sys.platform.startswith("linux"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    times = {int(path.name): _times(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    server = times[own][0]
    ended = sum(times[server][3:5])  # helpers that have come and gone
    ticks = ended + sum(sum(each[1:3]) for number, each in times.items() if number == server or each[0] == server)
    return ticks / os.sysconf("SC_CLK_TCK")


def _times(process: Path) -> list[int]:
    """Return parent, and ticks in user and system, own and of ended children."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return [0, 0, 0, 0, 0]
    return [int(fields[1]), *(int(field) for field in fields[11:15])]


def best(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the smallest seconds of several runs."""
    return {clock: round(min(run[clock] for run in runs), 3) for clock in ("cpu", "wall")}


def peak() -> int:
    """Return the greatest memory that this process has had, in MB; 0 where the system does not tell."""
    try:
        told = Path("/proc/self/status").read_text()  # getrusage would tell that of the process that started this one
    except OSError:
        return 0
    return int(told.partition("VmHWM:")[2].split()[0]) // 1024


def machine() -> dict[str, Any]:
    """Return in general words what was measured on."""
    import django
    from django.db import connection

    if connection.vendor == "sqlite":
        version = connection.Database.sqlite_version
    else:
        number = connection.pg_version  # 150014
        version = f"{number // 10000}.{number % 10000}"
    return {
        "cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version(), "django": django.__version__,
        "engine": f"{connection.vendor} {version}",
    }
