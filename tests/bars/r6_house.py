"""R6: the rooms of article 2 keep to the house: no domain imports another, and a simple register takes few lines in few files.

What the lines of a register are, tests/sizes.py says; its further tests are printed beside them and not limited, and so is
what speaks of none. Files of a register are those in which something speaks of it alone; with those that it shares they
are printed too. A register is simple that has no lifecycle and no action of its own; steps of cases are left aside. The median of
the simple ones has at most 80 lines in 4 files. The planted faults, in a copy: each register is spoken of at length in
five more modules, and domains name each other in three spellings; each check must catch its own.
"""

import ast
import inspect
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from bar import ROOT, Bar

from tests import laboratory
from tests.sizes import Size, measured

ROOMS = (  # of this part of the page; of rooms that were there before, the registers that came with it
    "registers/chains", "registers/premises", "domains/attraction", "domains/reforms", "domains/infrastructure", "reporting/scoring",
    "registers/places: parcels", "registers/projects: period_classes", "registers/targets: work_lines", "domains/party: grassroots",
)  # fmt: skip
LINES, FILES = 80, 4
GENERAL = {"create", "correct", "archive", "attach", "detach"}  # what every register has, whether or not its room says more
SPELLINGS = {  # planted: in the module of one domain, how it names another
    "attraction": "from kaifaqu.domains import infrastructure", "infrastructure": "from ..party import models",
    "reforms": "import_module('kaifaqu.domains.party.models')",
}  # fmt: skip

bar = Bar("R6", __doc__, several=True)


def named_by(path: Path, top: Path) -> set[str]:
    """Return the dotted names that a module names in its imports, however they are spelled, and in its texts."""
    package = path.relative_to(top).parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[:len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            found |= {f"{base}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def plant(top: Path, rooms: dict[str, dict[str, str]]) -> None:
    """Plant the faults in a copy of the product."""
    for room, classes in rooms.items():
        for number in range(FILES + 1):
            told = "\n\n".join(f"def planted_{name}():\n" + f"    {name}\n" * LINES for name in classes)
            (top / "kaifaqu" / room / f"planted{number}.py").write_text(told, encoding="utf-8")
    for domain, line in SPELLINGS.items():
        path = top / "kaifaqu" / "domains" / domain / "apps.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}  # noqa\n", encoding="utf-8")


def tell(register: str, size: Size, kind: str) -> tuple[float, int, int, float]:
    """Print what a register takes, and return it."""
    print(f"{register:28} {size.lines:7.1f} {len(size.own):5} {len(size.all):5} {size.tests:7.1f}  {kind}")
    return size.lines, len(size.own), len(size.all), size.lines + size.tests


with laboratory.database(), tempfile.TemporaryDirectory() as folder:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaifaqu.settings"
    django.setup()
    from kaifaqu.cases.models import CaseStep
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.records import registers

    rooms = {}
    for entry in ROOMS:
        room = entry.partition(": ")[0]
        module = f"kaifaqu.{room.replace('/', '.')}."
        rooms[room] = {each.__name__: name for name, each in registers().items() if each.__module__.startswith(module)}
    copy = Path(folder) / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache"))
    if bar.fault:
        plant(copy, rooms)

    simple: list[tuple[float, int, int, float]] = []
    print(f"{'register':28} {'lines':>7} {'files':>5} {'all':>5} {'tests':>7}  kind")
    for entry in ROOMS:
        room, _colon, only = entry.partition(": ")
        bar.check(f"{room} has registers", bool(rooms[room]), len(rooms[room]))
        for register, size in measured(copy / "kaifaqu" / room, rooms[room]).items():
            if only and register != only:
                continue
            if register == "":
                tell(f"{room} (of none)", size, "the room's own")
                continue
            cls = registers()[register]
            own = {each.verb for each in actions.registry().values() if each.register is cls} - GENERAL
            is_simple = cls.lifecycle is None and not own and not inspect.isabstract(cls) and not issubclass(cls, CaseStep)
            kind = "steps" if issubclass(cls, CaseStep) else "simple" if is_simple else "has " + "、".join(sorted(own)[:6])
            told = tell(register, size, kind)
            simple += [told] if is_simple else []

    lines, files, shared, tested = (statistics.median(each[n] for each in simple) if simple else 0 for n in range(4))
    domains = sorted(path.name for path in (copy / "kaifaqu" / "domains").iterdir() if (path / "models.py").exists())
    linted = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=copy, capture_output=True, text=True)
    crossing = [
        f"{path.relative_to(copy)} → {other}" for name in domains for path in (copy / "kaifaqu" / "domains" / name).rglob("*.py")
        for other in domains if other != name and any(
            f"{told}.".startswith(f"kaifaqu.domains.{other}.") for told in named_by(path, copy))]
    bar.check("there are simple registers to measure", len(simple) >= 10, len(simple))
    checks = {
        f"the median of the simple registers has at most {LINES} lines": (
            lines <= LINES, f"{lines:.1f} lines, {len(simple)} registers; {tested:.1f} with all their tests"),
        f"in at most {FILES} files": (files <= FILES, f"{files:g} files, {shared:g} with those that it shares"),
        "imports point down, and no domain imports another": (linted.returncode == 0, "、".join(domains)),
        "no file of a domain names another domain": (not crossing, "; ".join(crossing[:3]) or f"{len(domains)} domains"),
    }
    for statement, (holds, detail) in checks.items():
        is_kept = bar.check(statement, holds, detail)
        if bar.fault:
            bar.part(statement, int(is_kept))
    if bar.fault:
        bar.part("all three spellings are seen", int(len(crossing) != len(SPELLINGS)))
bar.close()
