"""R6: the rooms of article 2 keep to the house: no domain imports another, and a simple register takes few lines in few files.

The lines of a register are those of its class, of the actions on it, and of whatever else at the top of a module of its
room speaks of it and of no other register of the room: its figures, its sections of pages, its tests. Templates, data,
samples and migrations are not counted. A register is simple that has no lifecycle and no action of its own; the median of
the simple ones has at most 80 lines in 4 files. The planted faults let one domain import another, in a copy, and make
every class longer.
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

ROOMS = (  # of this part of the page; of rooms that were there before, the registers that came with it
    "registers/chains", "registers/premises", "domains/attraction", "domains/reforms", "domains/infrastructure", "reporting/scoring",
    "registers/places: parcels", "registers/projects: period_classes", "registers/targets: work_lines", "domains/party: grassroots",
)  # fmt: skip
LINES, FILES = 80, 4
ASIDE = {"migrations", "sample.py", "management"}

bar = Bar("R6", __doc__)
with laboratory.database():
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaifaqu.settings"
    django.setup()
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.records import registers

    GENERAL = {"create", "correct", "archive", "attach", "detach"}  # what every register has, whether or not its room says more

    def modules(room: str) -> list[Path]:
        """Return the modules of a room that are counted."""
        return sorted(path for path in (ROOT / "kaifaqu" / room).rglob("*.py") if not ASIDE & {*path.parts})

    def names_in(node: ast.AST) -> set[str]:
        """Return the names that a piece of code speaks of."""
        return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} | {
            each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}

    def length(node: ast.stmt) -> int:
        """Return how many lines a piece of code takes, with its decorators."""
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        return (node.end_lineno or node.lineno) - first + 1 + (1_000 if bar.fault and isinstance(node, ast.ClassDef) else 0)

    def measured(room: str, classes: dict[str, str]) -> dict[str, dict[str, int]]:
        """Return of each register of the room, by file, how many lines are its own; under "" those that several share."""
        found: dict[str, dict[str, int]] = {register: {} for register in (*classes.values(), "")}
        for path in modules(room):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                spoken = {classes[name] for name in names_in(node) if name in classes}
                own = classes.get(getattr(node, "name", "")) or (next(iter(spoken)) if len(spoken) == 1 else "")
                at = str(path.relative_to(ROOT / "kaifaqu" / room))
                found[own][at] = found[own].get(at, 0) + length(node)
        return found

    simple: list[tuple[int, int]] = []
    print(f"{'register':28} {'lines':>5} {'files':>5}  kind")
    for entry in ROOMS:
        room, _colon, only = entry.partition(": ")
        module = f"kaifaqu.{room.replace('/', '.')}"
        here = {each.__name__: name for name, each in registers().items() if each.__module__.startswith(f"{module}.")}
        bar.check(f"{room} has registers", bool(here), len(here))
        for register, files in measured(room, here).items():
            if register == "":
                if not only:
                    print(f"{room + ' (shared)':28} {sum(files.values()):5} {len(files):5}")
                continue
            if only and register != only:
                continue
            cls = registers()[register]
            own = {each.verb for each in actions.registry().values() if each.register is cls} - GENERAL
            is_simple = cls.lifecycle is None and not own and not inspect.isabstract(cls)
            told = (sum(files.values()), len(files))
            print(f"{register:28} {told[0]:5} {told[1]:5}  {'simple' if is_simple else 'has ' + '、'.join(sorted(own)[:6])}")
            simple += [told] if is_simple else []

bar.check("there are simple registers to measure", len(simple) >= 10, len(simple))
lines, files = (statistics.median(each[n] for each in simple) if simple else 0 for n in (0, 1))
bar.check(f"the median of the simple registers has at most {LINES} lines", lines <= LINES, f"{lines:g} lines, {len(simple)} registers")
bar.check(f"in at most {FILES} files", files <= FILES, f"{files:g} files")

domains = sorted(path.name for path in (ROOT / "kaifaqu" / "domains").iterdir() if (path / "models.py").exists())
with tempfile.TemporaryDirectory() as folder:
    copy = Path(folder) / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache"))
    if bar.fault:
        planted = copy / "kaifaqu" / "domains" / "attraction" / "apps.py"
        planted.write_text(planted.read_text(encoding="utf-8") + "\nfrom kaifaqu.domains import infrastructure  # noqa\n", encoding="utf-8")
    linted = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=copy, capture_output=True, text=True)
    bar.check("imports point down, and no domain imports another", linted.returncode == 0, "、".join(domains))
    crossing = [
        f"{path.relative_to(copy)} → {other}" for name in domains for path in (copy / "kaifaqu" / "domains" / name).rglob("*.py")
        for other in domains if other != name and f"kaifaqu.domains.{other}" in path.read_text(encoding="utf-8")]
    bar.check("no file of a domain names another domain", not crossing, "; ".join(crossing[:3]) or f"{len(domains)} domains")
bar.close()
