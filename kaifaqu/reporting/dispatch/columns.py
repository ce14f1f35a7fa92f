"""The columns of the dispatch table, one declaration for the page, the sheet and the message: in groups, as offices know them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import units
from kaifaqu.pages.reading import NOTHING
from kaifaqu.registers.projects.models import PlanClass, ProjectRole
from kaifaqu.reporting.dispatch.lines import Line

Words = str | Promise


class Part(NamedTuple):
    """Words in a cell, the address of the record that they come from, and the words in a file, where these are others."""

    words: str
    address: str = ""
    handed: str = ""


@dataclass(frozen=True)
class Column:
    """One column: the group and label over it, what a line has in it, and the figure that its sum is."""

    group: Words
    label: Words
    parts: Callable[[Line], Iterable[Part]] | None = None  # words
    amount: Callable[[Line], Decimal | None] | None = None  # a number
    source: Callable[[Line], Any] | None = None  # the record of the number
    figure: str = ""  # whose value the sum of the whole table is
    adds: bool = False
    wide: bool = False

    @property
    def is_number(self) -> bool:
        """Tell whether numbers stand in it."""
        return self.amount is not None

    def cell(self, line: Line) -> list[Part]:
        """Return what stands in a cell; nothing as a dash."""
        if self.amount is None:
            return [*(self.parts(line) if self.parts else ())] or [Part(NOTHING)]
        value, record = self.amount(line), self.source(line) if self.source else None
        address = reverse("record", args=[record.register, record.pk]) if record is not None else ""
        return [Part(NOTHING) if value is None else Part(shown(value), address)]

    def text(self, line: Line) -> str:
        """Return what stands in a cell of a file, as one text."""
        return "；".join(part.handed or part.words for part in self.cell(line))

    def total(self, lines: Iterable[Line]) -> tuple[Decimal | None, int]:
        """Return the sum over lines that have a value, and how many of them have none; None where the column is not added."""
        if not self.adds or self.amount is None:
            return None, 0
        values = [self.amount(line) for line in lines]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if known else None, len(values) - len(known)


def shown(value: Decimal) -> str:
    """Return a number without idle zeros."""
    return units.display(value, "")


def of_report(name: str) -> Callable[[Line], Decimal | None]:
    """Return how a line's number is read from the report of the month."""
    return lambda line: getattr(line.report, name) if line.report else None


def of_project(name: str) -> Callable[[Line], Decimal | None]:
    """Return how a line's number is read from the project."""
    return lambda line: getattr(line.project, name)


def rounded(name: str) -> Callable[[Line], Decimal | None]:
    """Return how a line's percentage or points are told: with one decimal, rounded once."""
    def read(line: Line) -> Decimal | None:
        value = getattr(line, name)
        return None if value is None else units.round_half_up(value, 1)

    return read


def _project(line: Line) -> Iterator[Part]:
    yield Part(str(line.project), reverse("record", args=["projects", line.project.pk]))


def _enterprise(line: Line) -> Iterator[Part]:
    if line.enterprise is not None:
        yield Part(line.enterprise.name, reverse("record", args=["enterprises", line.enterprise.pk]))


def _holder(role: str, line: Line) -> Iterator[Part]:
    if role in line.roles:
        yield Part(line.holder(role), reverse("record", args=["assignments", line.roles[role].pk]), line.handed(role))


def _light(line: Line) -> Iterator[Part]:
    yield Part(str(line.light.colour.label))


def _reasons(line: Line) -> Iterator[Part]:
    yield from map(Part, line.light.reasons)


def _class(line: Line) -> Iterator[Part]:
    if line.plan_class:
        yield Part(str(PlanClass(line.plan_class).label))


def _stage(line: Line) -> Iterator[Part]:
    yield Part(str(line.stage.label))


def _statistics(line: Line) -> Iterator[Part]:
    day = line.project.entered_in_statistics_on
    if day is not None or line.project.started_on is not None:
        yield Part(str(day) if day is not None else _t("未入库"))


def _physical(line: Line) -> Iterator[Part]:
    if line.report is None:
        yield Part(_t("未报"))
    elif line.report.physical:
        yield Part(str(line.report.get_physical_display()), reverse("record", args=["progress", line.report.pk]))


def _told(name: str, line: Line) -> Iterator[Part]:
    """Yield what the last report says; of an earlier month with that month."""
    report = line.latest
    if report is not None and (text := getattr(report, name)):
        same = line.report is not None and report.pk == line.report.pk
        yield Part(text if same else f"{text}（{report.month}）", reverse("record", args=["progress", report.pk]))


def _cases(name: str, line: Line) -> Iterator[Part]:
    for case in getattr(line, name):
        due = _t("，{day} 前").format(day=case.resolution_due_on) if case.resolution_due_on else ""
        yield Part(f"{case.title}{due}", reverse("record", args=[case.register, case.pk]))


def _completion(line: Line) -> Iterator[Part]:
    if line.project.expected_completion_on is not None:
        yield Part(str(line.project.expected_completion_on))


REPORT, PROJECT = (lambda line: line.report), (lambda line: line.project)
IDENTITY, CLASS, MONEY = _("项目"), _("分类"), _("投资（万元）")
PROGRESS, PROBLEMS, BENEFIT = _("进度"), _("问题和下步"), _("效益")
COLUMNS = (
    Column(IDENTITY, _("灯"), _light),
    Column(IDENTITY, _("项目"), _project, wide=True),
    Column(IDENTITY, _("建设单位"), _enterprise),
    Column(IDENTITY, _("责任领导"), partial(_holder, ProjectRole.LEADER)),
    Column(IDENTITY, _("牵头单位"), partial(_holder, ProjectRole.DEPARTMENT)),
    Column(IDENTITY, _("服务专员"), partial(_holder, ProjectRole.SPECIALIST)),
    Column(CLASS, _("年度分类"), _class),
    Column(CLASS, _("阶段"), _stage),
    Column(CLASS, _("入库"), _statistics),
    Column(MONEY, _("计划总投资"), amount=of_project("total_investment"), source=PROJECT, adds=True),
    Column(MONEY, _("自开工完成"), amount=of_report("completed_to_date"), source=REPORT, adds=True,
           figure="projects.progress.completed_to_date"),
    Column(MONEY, _("本年计划"), amount=of_report("planned_investment"), source=REPORT, adds=True,
           figure="projects.progress.planned_investment"),
    Column(MONEY, _("本月完成"), amount=of_report("month_investment"), source=REPORT, adds=True,
           figure="projects.progress.month_investment"),
    Column(MONEY, _("本年完成"), amount=of_report("year_to_date"), source=REPORT, adds=True, figure="projects.progress.year_to_date"),
    Column(MONEY, _("完成率（%）"), amount=rounded("done"), source=REPORT),
    Column(MONEY, _("与序时差（百分点）"), amount=rounded("gap"), source=REPORT),
    Column(MONEY, _("到位资金"), amount=of_report("funds_in_place"), source=REPORT, adds=True, figure="projects.progress.funds_in_place"),
    Column(PROGRESS, _("形象进度"), _physical),
    Column(PROBLEMS, _("亮灯原因"), _reasons, wide=True),
    Column(PROBLEMS, _("存在问题"), partial(_told, "problems"), wide=True),
    Column(PROBLEMS, _("下步计划"), partial(_told, "next_steps"), wide=True),
    Column(PROBLEMS, _("未销号难点堵点"), partial(_cases, "issues"), wide=True),
    Column(PROBLEMS, _("未办结议定事项"), partial(_cases, "decisions"), wide=True),
    Column(BENEFIT, _("计划竣工"), _completion),
    Column(BENEFIT, _("预计年产值（万元）"), amount=of_project("expected_annual_output"), source=PROJECT, adds=True),
)


def groups(columns: Iterable[Column] = COLUMNS) -> list[tuple[str, int]]:
    """Return the groups over the columns in their order, each with how many columns it has."""
    found: list[tuple[str, int]] = []
    for column in columns:
        if found and found[-1][0] == str(column.group):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((str(column.group), 1))
    return found
