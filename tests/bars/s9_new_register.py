"""S9: a new register with pages, history, rights and a figure takes at most 80 lines in at most 4 files.

The register stands below: standard workshops, with a figure of the completed area by park. It is written into a copy of
the repository, given its migration, and must pass the tests that every register inherits, unchanged, and show its
figure. The kernel itself stays under 3,500 lines without its tests. The planted fault leaves out a register's
constraints, as a newcomer might.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bar import ROOT, Bar

FILES = {
    "models.py": '''"""Standard workshops that the zone builds and lets."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.records import Record
from kaifaqu.registers.places.models import Park


class Workshop(Record):
    """标准化厂房：一栋可以单独交付使用的厂房。"""

    register = "workshops"
    columns = ("code", "name", "park", "area", "completed_on")
    code_prefix = "F"
    name = models.CharField(_("名称"), max_length=100)
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, verbose_name=_("园区"), related_name="+")
    area = ExactField(_("建筑面积（平方米）"), scale=2, null=True, blank=True)
    completed_on = PartialDateField(_("竣工日期"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("标准化厂房")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
''',
    "indicators.py": '''"""Figures about workshops."""

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.workshops.models import Workshop
from kaifaqu.kernel.indicators import Dimension, Indicator

COMPLETED_AREA = Indicator(
    code="workshops.completed.area", label=_("已建成厂房面积"), unit="平方米", basis=_("期末已竣工的标准化厂房建筑面积之和"),
    register=Workshop, where=lambda period, world: Q(completed_on__lte=period.end), measure=Sum("area"),
    by=(Dimension("park", _("园区"), "park__name"),),
)
''',
    "tests/test_workshops.py": '''"""The register of workshops keeps what every register keeps, and adds up its areas."""

from decimal import Decimal

from kaifaqu.domains.workshops.indicators import COMPLETED_AREA
from kaifaqu.domains.workshops.models import Workshop
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.testing import RegisterTests, enter


class TestWorkshops(RegisterTests):
    register = Workshop

    def facts(self, zone):
        return {"name": "1 号厂房", "area": "3800", "completed_on": "2023-05"}


def test_the_area_completed_by_the_last_day(zone):
    enter(Workshop, zone, """
        code | name    | area   | completed_on
        F1   | 1号厂房 | 3800.5 | 2023-05
        F2   | 2号厂房 | 9000   | 2024-07-01
        F3   | 3号厂房 | 9000   |
    """)
    figure = COMPLETED_AREA.figure(Period.parse("2024-H1"), scope={zone})
    assert (figure.value, [row.code for row in figure.records]) == (Decimal("3800.5"), ["F1"])
''',
}

bar = Bar("S9", __doc__)
lines = sum(len(text.splitlines()) for text in FILES.values())
longest = max(len(line) for text in FILES.values() for line in text.splitlines())
bar.check("the register has at most 4 files", len(FILES) <= 4, f"{len(FILES)}: {', '.join(FILES)}")
bar.check("of at most 80 lines of 120 columns", lines <= 80 and longest <= 120, f"{lines} lines, the longest {longest} columns")

kernel = [path for path in (ROOT / "kaifaqu" / "kernel").rglob("*.py") if not {"tests", "migrations", "testing.py"} & set(path.parts)]
size = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in kernel)
bar.check("the kernel without tests is under 3,500 lines", size < 3500,
          f"{size} lines in {len(kernel)} files; tests, testing.py and migrations not counted")

with tempfile.TemporaryDirectory() as folder:
    copy = Path(folder) / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache"))
    room = copy / "kaifaqu" / "domains" / "workshops"
    for package in (room, room / "tests"):
        package.mkdir(parents=True)
    for package in (room.parent, room, room / "tests"):
        (package / "__init__.py").touch()
    for name, text in FILES.items():
        if bar.fault:
            text = text.replace("        constraints = [*Record.Meta.constraints]\n", "        constraints = []\n")
        (room / name).write_text(text, encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess:
        """Run this Python on the copy."""
        import os

        environment = {**os.environ, "PYTHONPATH": str(copy), "KAIFAQU_HOME": str(copy / "var")}
        environment.pop("KAIFAQU_DATABASE_URL", None)
        return subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True)

    made = run("-m", "kaifaqu", "makemigrations", "workshops", "-n", "initial")
    bar.check("its migration is made", made.returncode == 0, made.stdout.strip().splitlines()[0] if made.stdout else made.stderr[-300:])
    checked = run("-m", "kaifaqu", "check")
    bar.check("the system checks pass", checked.returncode == 0, (checked.stdout + checked.stderr).strip()[-300:])
    tested = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "kaifaqu/domains/workshops")
    summary = tested.stdout.strip().splitlines()[-1] if tested.stdout.strip() else tested.stderr[-300:]
    bar.check("it passes the inherited tests, unchanged, and its own", tested.returncode == 0, summary)
    if tested.returncode and not bar.fault:
        print(tested.stdout[-3000:])
    imports = run("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    bar.check("imports still point down", imports.returncode == 0)
    drift = run("-m", "kaifaqu", "makemigrations", "--check", "--dry-run")
    bar.check("no table differs from its migrations", drift.returncode == 0, drift.stdout.strip()[-200:])
    told = run("-m", "kaifaqu", "catalogue", "workshops", "--json")
    bar.check("its figure is in the catalogue", "workshops.completed.area" in told.stdout)
bar.close()
