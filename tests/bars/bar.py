"""What every bar has in common: counted checks, a planted fault, a quick and a full form.

A bar is one script that measures one promise on the real thing, and that can be fooled on purpose:

    python tests/bars/s4_kill.py            exit code 0 if the bar holds
    python tests/bars/s4_kill.py --full     generated runs in their full size; KAIFAQU_FULL=1 says the same
    python tests/bars/s4_kill.py --fault    plants a fault; exit code 0 only if a check then fails, which ends the run

It is written from top to bottom, and each check states what holds and by what numbers:

    from bar import Bar

    bar = Bar("S4", __doc__)
    acknowledged, found = kill_and_count(times=bar.size(quick=5, full=200), lose_one=bar.fault)
    bar.check("no acknowledged record is lost", acknowledged == found, f"{len(acknowledged)} acknowledged")
    bar.close()

The fault breaks what is measured, never the measuring: data, a file of a copy, a process. `check` returns its
condition, so that a bar can close early where the rest would have no meaning. A crash of the script counts neither as
kept nor as caught: it ends with a traceback and exit code 1, with --fault as well.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # a bar may import kaifaqu and tests, from wherever it is started


class Bar:
    """One run of a bar; `fault`, `full` and `args` are what the command line said. Switches are its own options, with help."""

    def __init__(self, name: str, description: str, *, several: bool = False, **switches: str):
        """Read the command line. Of several planted faults each is a part of its own, and the first caught ends nothing."""
        parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--fault", action="store_true", help="plant the fault; succeed only if the checks fail")
        parser.add_argument("--full", action="store_true", help="generated runs in their full size")
        for switch, purpose in switches.items():
            parser.add_argument(f"--{switch}", action="store_true", help=purpose)
        self.name = name
        self.args = parser.parse_args()
        self.fault: bool = self.args.fault
        self.full: bool = self.args.full or os.environ.get("KAIFAQU_FULL") == "1"
        self.several = several
        self.made = 0
        self.failed: list[str] = []
        self.parts: dict[str, bool] = {}

    def size(self, *, quick: int, full: int, fault: int | None = None) -> int:
        """Return the size of a generated run in the form that was asked for; with `fault` what is enough to catch the planted one."""
        if self.fault and fault is not None:
            return fault
        return full if self.full else quick

    def check(self, statement: str, condition: bool, detail: object = "") -> bool:
        """Count and print one check, and return its condition; with a planted fault, the first that fails closes the bar."""
        self.made += 1
        if not condition:
            self.failed.append(statement)
        verdict = "ok" if condition else "FAILED"
        print(f"{verdict:6}  {statement}" + (f"  ({detail})" if detail != "" else ""), flush=True)
        if self.fault and self.failed and not self.several:
            self.close()
        return condition

    def part(self, name: str, exit_code: int) -> None:
        """Take over the verdict of a part that ran as a process of its own, in the same form; a crash is never a catch."""
        self.parts[name] = exit_code == 0
        if not self.fault:
            self.check(f"holds for {name}", exit_code == 0)

    def close(self) -> NoReturn:
        """Print the closing line and exit. A bar without a check does not hold; a fault must be caught in every part."""
        if not self.fault:
            print(f"{self.name}: {self.made} checks, {len(self.failed)} failed", flush=True)
            sys.exit(0 if self.made and not self.failed else 1)
        caught = all(self.parts.values()) if self.parts else bool(self.failed)
        by = "; ".join(self.failed or self.parts) if caught else ""
        print(f"{self.name}: planted fault {f'caught by: {by}' if caught else 'NOT caught'}")
        print(f"{self.name}_fault: 1 checks, {int(not caught)} failed", flush=True)
        sys.exit(0 if caught else 1)
