"""All checks of the repository; `python3 start.py test` runs this in its environment.

Linters and tests run one after the other, then the bars, as many at once as there are cores. Every stage runs, whatever the
others gave, and one that hangs is ended; a table closes the run, and under it what failed. With arguments for pytest,
only pytest runs.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import laboratory

PYTHON = sys.executable
BARS = Path(__file__).parent / "bars"
TOO_LONG = 20 * 60  # seconds, several times what the longest stage needs; the full size may take days
# Of pytest: "== 2 failed, 9 passed in 3.1s ==". Of a bar: "S1: 9 checks, 0 failed".
CLOSING_LINE = re.compile(r"=+ .* in [\d.]+s|\w+: \d+ checks, ")
# What says so: of pytest "FAILED kaifaqu/..." or "ERROR ...", of a bar "FAILED  a statement", of a fault; a crash's last line.
SAID = re.compile(r"(FAILED|ERROR) |.*planted fault NOT caught|[\w.]+(Error|Exception|Timeout|Interrupt)\b|.*: error: ")


@dataclass
class Outcome:
    """What a stage came to. A stage that counts nothing itself, such as a linter, counts as one check."""

    stage: str
    passed: int
    failed: int
    seconds: float
    told: list[str]

    def wrong(self) -> list[str]:
        """Return the lines that say what failed; of a stage that says it in no form we know, how it ended."""
        return [line for line in self.told if SAID.match(line)][-20:] or self.told[-5:]


def stages() -> dict[str, list[str]]:
    """Return by its name the command of each stage that runs alone."""
    tests = [PYTHON, "-m", "pytest", "--numprocesses", "auto", "--dist", "worksteal"]
    # Without fsync: no test crashes the whole machine.
    on_postgres = [PYTHON, "-m", "tests.postgres", "--no-fsync", "--", *tests]
    return {
        "ruff": [PYTHON, "-m", "ruff", "check", "."],
        "lint-imports": [PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        "mypy": [PYTHON, "-m", "mypy"],
        "pytest, SQLite": tests,
        "pytest, PostgreSQL": on_postgres,
    }


def bars() -> dict[str, list[str]]:
    """Return by its name the command of each bar, and of each planted fault."""
    found = [path for path in sorted(BARS.glob("*.py")) if path.stem not in ("__init__", "bar")]
    return {f"bar {bar.stem}": [PYTHON, str(bar)] for bar in found} | {
        f"planted fault of {bar.stem}": [PYTHON, str(bar), "--fault"] for bar in found}


def run(stage: str, command: list[str], *, among_others: bool = False) -> Outcome:
    """Run the command, show its output as it comes or, among others, in one piece, and read the counts from its closing line."""
    told: list[str] = []
    if not among_others:
        print(f"\n── {stage}", flush=True)
    begun, counts = time.monotonic(), {}
    pipe = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, **pipe, encoding="utf-8", errors="replace", start_new_session=True) as process:
        ending = threading.Timer(TOO_LONG, os.killpg, (process.pid, signal.SIGKILL))
        if "KAIFAQU_FULL" not in os.environ:
            ending.start()
        for line in process.stdout:
            told.append(line)
            if not among_others:
                print(line, end="", flush=True)
            if CLOSING_LINE.match(line):
                counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", line)}
        ending.cancel()
    seconds = time.monotonic() - begun
    if process.returncode == -signal.SIGKILL:
        told.append(f"FAILED  killed after {seconds:.0f} s\n")
    if among_others:
        print(f"\n── {stage}, {seconds:.0f} s\n", *told, sep="", end="", flush=True)
    failed = sum(counts.get(word, 0) for word in ("failed", "error", "errors"))
    if process.returncode and not failed:
        failed = 1
    passed = counts["checks"] - failed if "checks" in counts else counts.get("passed", 0)
    return Outcome(stage, passed or int(not failed), failed, seconds, told)


def main(arguments: list[str]) -> int:
    for name in [name for name in os.environ if name.startswith("KAIFAQU_") and name != "KAIFAQU_FULL"]:
        del os.environ[name]  # the settings of somebody's installation, its database among them
    os.environ["PYTHONUNBUFFERED"] = "1"  # progress, although the output goes through a pipe
    if "--full" in arguments:
        arguments.remove("--full")
        os.environ["KAIFAQU_FULL"] = "1"
    if arguments:
        return pytest.main(arguments)

    with tempfile.TemporaryDirectory(prefix="kaifaqu-") as shelf, tempfile.TemporaryDirectory(prefix="kaifaqu-") as compiled:
        # Hundreds of processes are started: what one has compiled the next need not, and the checkout stays as it is.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        outcomes = [run(stage, command) for stage, command in stages().items()]
        os.environ[laboratory.SHELF] = shelf
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes += pool.map(lambda each: run(*each, among_others=True), bars().items())
    print("\n── summary")
    for each in outcomes:
        verdict = "FAILED" if each.failed else "ok"
        print(f"{verdict:6}  {each.passed:6} passed  {each.failed:4} failed  {each.seconds:6.0f} s  {each.stage}")
    for each in outcomes:
        if each.failed:
            print(f"\n── what failed in {each.stage}", *(line.rstrip()[:300] for line in each.wrong()), sep="\n")
    failed = sum(each.failed for each in outcomes)
    print(f"\n{sum(each.passed for each in outcomes)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
