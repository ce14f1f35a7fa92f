"""W3: the registers of articles 3 to 6 are small: the median takes at most 80 lines in 4 files, and none more than 160.

What the lines and files of a register are, tests/sizes.py says. All registers of the rooms count, those with actions of
their own too; steps of cases stand with their case. One above 160 lines needs a decision in docs/decisions that names it.
The planted fault, in a copy: each register is spoken of at length in five more modules.
"""

import os
import re
import shutil
import statistics
import tempfile
from pathlib import Path

import django
from bar import ROOT, Bar

from tests import laboratory
from tests.sizes import measured

ROOMS = (
    "registers/qualifications", "registers/vehicles", "registers/holdings", "domains/lowaltitude", "domains/college", "domains/research",
    "domains/minesafety", "domains/company", "domains/property", "domains/capital", "domains/recycling", "domains/subsidies",
    "domains/outreach",
)  # fmt: skip
LINES, FILES, MOST = 80, 4, 160
NOTES = re.compile(r"`(\w+)`")

bar = Bar("W3", __doc__, several=True)
with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaifaqu.settings"
    django.setup()
    from kaifaqu.cases.models import CaseStep
    from kaifaqu.kernel.records import registers

    copy = Path(folder) / "copy"
    shutil.copytree(ROOT / "kaifaqu", copy, ignore=shutil.ignore_patterns("__pycache__"))
    found: dict[str, tuple[float, int]] = {}
    print(f"{'register':28} {'lines':>7} {'files':>5} {'all':>5} {'tests':>7}")
    for room in ROOMS:
        module = f"kaifaqu.{room.replace('/', '.')}."
        classes = {each.__name__: name for name, each in registers().items() if each.__module__.startswith(module)}
        if bar.fault:
            for number in range(FILES + 1):
                told = "\n\n".join(f"def planted_{name}():\n" + f"    {name}\n" * LINES for name in classes)
                (copy / room / f"planted{number}.py").write_text(told, encoding="utf-8")
        else:
            bar.check(f"{room} has registers", bool(classes), len(classes))
        for name, size in measured(copy / room, classes).items():
            label = name or f"{room} (of none)"
            print(f"{label:28} {size.lines:7.1f} {len(size.own):5} {len(size.all):5} {size.tests:7.1f}")
            if name and not issubclass(registers()[name], CaseStep):
                found[name] = size.lines, len(size.own)
    lines, files = (statistics.median(each[n] for each in found.values()) for n in range(2))
    notes = {name for path in (ROOT / "docs" / "decisions").glob("*.md") for name in NOTES.findall(path.read_text(encoding="utf-8"))}
    above = {name: round(size) for name, (size, _files) in found.items() if size > MOST}
    unsaid = sorted({*above} - notes) if not bar.fault else sorted(above)
    for statement, (holds, detail) in {
        f"the median has at most {LINES} lines": (lines <= LINES, f"{lines:.1f} lines, {len(found)} registers"),
        f"in at most {FILES} files": (files <= FILES, f"{files:g} files"),
        f"none above {MOST} lines without a decision that says why": (not unsaid, f"{above or 'none above'}"),
    }.items():
        is_kept = bar.check(statement, holds, detail)
        if bar.fault:
            bar.part(statement, int(is_kept))
bar.close()
