"""W1: each acceptance text of a simple mechanism of the page is a test that is named after it, and that can fail.

The mechanisms stand below, by their numbers. Tests of the rooms whose names begin with such a number (test_m3_02_...) are
collected and run on a database of their own. The planted faults: one mechanism's tests are left out, in the second part
every action forgets the facts that it was given, in the third every figure is one too many; the first must be found, and
under the others each mechanism must have a test that fails: one that no fault disturbs asserts nothing of it.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from bar import ROOT, Bar

SIMPLE = [f"M{article}-{number:02d}" for article, numbers in {
    2: (5, 7, 8, 15, 18),
    3: (1, 2, 3, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17),
    4: (1, 2, 3, 5, 6, 7, 8, 9, 10),
    5: (1, 2, 3, 4, 7, 10, 11, 16, 17, 18),
    6: (2, 3, 15, 16, 18, 19, 20, 21, 22, 23),
}.items() for number in numbers]
NAMED = re.compile(r"test_(m\d)_(\d\d)_")
BROKEN = '''
"""Planted: the last row of what is entered is forgotten, and every figure is one too many."""

import dataclasses

import pytest


@pytest.fixture(autouse=True)
def _broken(monkeypatch):
    from kaifaqu.kernel import figures, testing

    evaluate, enter = figures.evaluate, testing.enter

    def shorter(text):
        return "\\n".join(text.strip().splitlines()[:-1])

    def one_more(*args, **kwargs):
        found = evaluate(*args, **kwargs)
        return [dataclasses.replace(each, value=None if each.value is None else each.value + 1, records=[]) for each in found]

    monkeypatch.setattr(figures, "evaluate", one_more)
    monkeypatch.setattr(testing, "enter", lambda register, owner, text, **facts: enter(register, owner, shorter(text), **facts))
'''

bar = Bar("W1", __doc__, several=True)


def ran(*options: str, environment: dict[str, str] | None = None) -> dict[str, dict[str, bool]]:
    """Return by mechanism the tests that are named after it, and whether each passed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        wanted = " or ".join(f"test_{each.lower().replace('-', '_')}_" for each in SIMPLE)
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "-k", wanted, f"--junitxml={report}", *options],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        found: dict[str, dict[str, bool]] = defaultdict(dict)
        for case in ElementTree.parse(report).iter("testcase"):
            if match := NAMED.match(case.get("name", "")):
                number = f"{match[1].upper()}-{match[2]}"
                passed = case.find("failure") is None and case.find("error") is None
                found[number][f"{case.get('classname')}.{case.get('name')}"] = passed
    return found


def without_tests(found: dict[str, dict[str, bool]], wanted: list[str]) -> list[str]:
    """Return the mechanisms that have no test, or one that does not pass."""
    return [number for number in wanted if not found.get(number) or not all(found[number].values())]


if not bar.fault:
    found = ran()
    for number in SIMPLE:
        own = found.get(number, {})
        failed = [name.rpartition(".")[2] for name, passed in own.items() if not passed]
        told = f"{len(own)} tests" + "".join(f"; {each}" for each in failed)
        bar.check(f"{number} has tests, and they pass", not without_tests(found, [number]), told)
    tests = sum(map(len, found.values()))
    bar.check("every mechanism is there", len({*SIMPLE}) == 48, f"{len({*SIMPLE})} mechanisms, {tests} tests")
else:
    *others, left_out = SIMPLE[-5:]
    found = ran("-k", " or ".join(f"test_{each.lower().replace('-', '_')}_" for each in others))
    bar.part("a mechanism without tests is found", int(without_tests(found, [*others, left_out]) != [left_out]))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "planted_breaking.py").write_text(BROKEN, encoding="utf-8")
        broken = ran("-p", "planted_breaking", environment={"PYTHONPATH": folder})
    idle = [number for number in SIMPLE if all(broken.get(number, {"": True}).values())]
    print(f"        undisturbed: {idle or 'none'}")
    bar.part("every mechanism has a test that fails when records are lost and figures are wrong", int(bool(idle)))
bar.close()
