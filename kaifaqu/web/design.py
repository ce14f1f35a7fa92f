"""The page that shows the design: its colours, type and space as the style sheet has them, and every component in its states.

Nothing on it is a fact: the components are those of all pages, filled with samples.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace as Sample
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kaifaqu.kernel import clock
from kaifaqu.kernel.fields import ExactField, PartialDateField
from kaifaqu.kernel.figures import NOT_COMPUTABLE, OPEN, REFUSED, RELEASED, Figure
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages.graphs import Graph, Node
from kaifaqu.pages.lists import Total
from kaifaqu.pages.reading import Entry, Table
from kaifaqu.pages.stages import Stop
from kaifaqu.pages.views import Request

PAIRS = (  # what is read on what
    ("ink", "paper", gettext_lazy("正文")),
    ("ink", "ground", gettext_lazy("底色上的正文")),
    ("quiet", "ground", gettext_lazy("说明")),
    ("quiet", "soft", gettext_lazy("表头")),
    ("accent", "ground", gettext_lazy("链接")),
    ("accent", "soft", gettext_lazy("指到的行里的链接")),
    ("on-accent", "accent", gettext_lazy("主按钮")),
    ("wrong", "ground", gettext_lazy("错误")),
    ("warn", "ground", gettext_lazy("提醒")),
    ("ink", "mark", gettext_lazy("标出的变动")),
    ("accent", "mark", gettext_lazy("「当时所知」里的链接")),
    ("demo-ink", "demo", gettext_lazy("演示条")),
)
SIZES = ("small", "table", "text", "lead", "title", "value")  # of type
SPACES = ("s1", "s2", "s3", "s4", "s5", "s6")
ROOT = 16  # CSS pixels of 1rem
LONG = gettext_lazy("示例：一个名称长达四十多个字、用来看看表格怎样换行的先进装备制造产业园基础设施配套建设项目（二期）")


class Shade(NamedTuple):
    """One colour read on another, and how far they stand apart (WCAG asks for 4.5)."""

    ink: str
    ground: str
    contrast: float


class SampleForm(forms.Form):
    """A form that nobody sends, with something wrong in it."""

    code = forms.CharField(label=gettext_lazy("编号"))
    name = forms.CharField(label=gettext_lazy("项目名称"))
    nature = forms.ChoiceField(label=gettext_lazy("建设性质"), choices=[("new", gettext_lazy("新建")), ("expansion", gettext_lazy("扩建"))])
    started_on = forms.DateField(label=gettext_lazy("开工日期"), help_text=gettext_lazy("写到日、月或年"))
    historical = forms.BooleanField(label=gettext_lazy("历史补录"), required=False)
    reason = forms.CharField(label=gettext_lazy("原因"), required=False, widget=forms.Textarea({"rows": 2}))

    def clean(self) -> None:
        """Refuse the whole, as an action does."""
        raise forms.ValidationError(_("示例：投产日期早于开工日期，请核对。"))


@login_required
@require_safe
def design(request: Request) -> HttpResponse:
    """Show what pages are made of."""
    told = values()
    form = SampleForm({"code": "P9001", "nature": "new", "started_on": "2024-13-45"})
    return render(request, "web/design.html", {
        "sizes": [(name, told[0][name], round(float(told[0][name].removesuffix("rem")) * ROOT)) for name in SIZES],
        "spaces": [(name, round(float(told[0][name].removesuffix("rem")) * ROOT)) for name in SPACES],
        "shades": list(shades()), "samples": _figures(), "period": Period.parse("2024-H1").label,
        "table": _table(), "totals": _totals(), "page": Paginator(range(120), 50).page(2), "three": Paginator(range(3), 50).page(1),
        "form": form, "paths": list(_paths()), "entries": list(_entries()), "changes": _changes(),
        "jobs": [Sample(phrase=_("正在核对"), total=1200, done=804, percent=67), Sample(phrase="", total=0, done=0, percent=None)],
        "tabs": [("wrong", _("有错"), 2), ("alike", _("待确认"), 1), ("new", _("新增"), 18), ("same", _("相同"), 0)],
        "tally": [("", _("填报单位"), 14), ("not_back", _("未交"), 9), ("faulty", _("有错"), 2), ("back", _("已交"), 3)],
        "picture": _graph(),
        "groups": [Sample(code="park", label=_("园区"))],
        "message_text": _("示例：2024 年 7 月月度进展还有 9 家未交，请于 8 月 7 日前交回。"),
    })  # fmt: skip


@cache
def values() -> tuple[dict[str, str], dict[str, str]]:
    """Return the custom properties of the style sheet, light and dark."""
    text = Path(str(finders.find("kaifaqu/kaifaqu.css"))).read_text(encoding="utf-8")
    light, dark, *_paper = (dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in re.findall(r":root \{(.*?)\}", text, re.DOTALL))
    return light, light | dark


def shades() -> Iterator[tuple[Any, list[Shade]]]:
    """Yield what each pair of colours is for, and the pair in both schemes."""
    for ink, ground, words in PAIRS:
        yield words, [Shade(told[ink], told[ground], contrast(told[ink], told[ground])) for told in values()]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 computes it."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return round((lighter + 0.05) / (darker + 0.05), 1)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * each for each in digits)
    parts = [int(digits[place:place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# Samples


def _figures() -> list[Figure]:
    """Return a figure in each status."""
    definition: Any = Sample(
        code="sample", label=_("示例：在建项目总投资"), unit="万元", basis=_("示例：期末在建的项目，计划总投资之和"))

    def figure(status: str, value: str | None, reason: str = "", incomplete: str | None = None) -> Figure:
        return Figure(
            definition, Period.parse("2024-H1"), frozenset(), World(None), status=status, value=value and Decimal(value), reason=reason,  # type: ignore[arg-type]
            incomplete=incomplete and Decimal(incomplete))  # type: ignore[arg-type]

    return [
        figure(OPEN, "634700"), figure(RELEASED, "634700", _("示例：只授权查看数值，不能打开记录。")),
        figure(REFUSED, None, _("示例：没有查看「项目」数字的权限。")), figure(NOT_COMPUTABLE, None, _("示例：分母为零。")),
        figure(NOT_COMPUTABLE, None, _("示例：有 2 个项目没有填计划总投资：P9001、P9002。"), "598200"),
    ]


def _table() -> Table:
    """Return a table of three records, one of them with a very long name."""
    columns: list[models.Field] = [
        models.CharField(_("编号"), name="code"), models.CharField(_("项目名称"), name="name"),
        ExactField(_("计划总投资（万元）"), scale=2, name="total"), PartialDateField(_("签约日期"), name="signed_on"),
    ]  # fmt: skip
    rows = [
        ("P9001", _("示例项目甲"), "26000.00", "2023-11-20"),
        ("P9002", LONG, "999999999.99", "2024-05"),
        ("P9003", _("示例项目乙"), "—", "2024"),
    ]
    return Table(
        Sample(register="samples"), columns,  # type: ignore[arg-type]
        [(Sample(id=0, owner_id=0, code=texts[0]), [*map(str, texts)]) for texts in rows])


def _totals() -> list[Total | None]:
    return [None, None, Total(Decimal("1000025999.99"), 1), None]


def _paths() -> Iterator[tuple[str, list[Stop]]]:
    """Yield a record on its way, one that has arrived, and one that was ended beside the way."""
    yield _("在路上"), [
        Stop(_("签约"), "done", "2023-12-19"), Stop(_("落地"), "skipped"), Stop(_("在建"), "now", "2024-04-02"),
        Stop(_("投产"), "next", "", {"production_on": _("投产日期")}), Stop(_("达产达效"), "later"),
    ]  # fmt: skip
    yield _("已走完"), [Stop(_("签约"), "done", "2021-03-18"), Stop(_("在建"), "done", "2021-06-10"), Stop(_("达产达效"), "now", "2023-05")]
    yield _("中途终止"), [Stop(_("签约"), "done", "2023-12-19"), Stop(_("终止"), "now", "2024-06-30")]


def _graph() -> Graph:
    """Return a graph with a box in each state, one with a very long name, and a path that stands out."""
    states = (("", _("已有")), ("begun", _("在谈")), ("none", _("缺口")), ("wrong", _("逾期")))
    nodes = [Node(n, _("示例环节"), word, "#graph", state, strong=n in (0, 3)) for n, (state, word) in enumerate(states)]
    nodes.append(Node(4, str(LONG), _("已有"), "#graph", strong=True))
    return Graph(_("示例：一条链的环节"), nodes, [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)])


def _changes() -> list[tuple[str, str, str]]:
    return [(_("开工日期"), "2024-03-28", "2024-04-02"), (_("开工依据"), "—", _("示例施工许可证"))]


def _entries() -> Iterator[Entry]:
    """Yield a step with its stage, a correction with its reason, and an entry of many facts."""
    at = datetime(2024, 5, 15, 9, tzinfo=clock.ZONE)
    step: Any = Sample(seq=9441, at=at, target="under_construction", occurred_on="2024-04-02", reason="")
    correction: Any = Sample(seq=9281, at=at, target="", occurred_on=None, reason=_("示例：以施工许可证为准"))
    entry: Any = Sample(seq=9280, at=at, target="", occurred_on=None, reason="")
    facts = [(f"{_('事项')} {number}", "", f"{_('示例')} {number}") for number in range(1, 9)]
    yield Entry(step, _("示例项目甲"), _("示例人员"), _("开工"), _("落地"), _("在建"), [])
    yield Entry(correction, _("示例项目甲"), _("示例人员"), _("更正"), "", "", _changes())
    yield Entry(entry, str(LONG), _("示例人员"), _("登记"), "", "", facts)
