"""The dated rules of this room: the published scoring sheets, and whether who decided marks by hand may issue them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import indicators, units
from kaifaqu.kernel.access import User
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.indicators import Definition, Dimension, Indicator
from kaifaqu.kernel.records import field_of
from kaifaqu.registers.targets import bearing
from kaifaqu.reporting.calls import PERIODS
from kaifaqu.reporting.overview.rules import Catalogue
from kaifaqu.reporting.scoring.amounts import NO_FLOOR, OPEN, UNCAPPED, Amount, Numbering, exact, limit
from kaifaqu.reporting.scoring.forms import AT_LEAST, AT_MOST, CAP, FORMS, LESS, MORE, ZERO
from kaifaqu.shapes import Choice, Rows, Shape, Whole, Word, Yes

MOST_PLACES = 4


class Figured(Choice):
    """A figure of the catalogue that may be scored: one of facts that enterprises report as statistics may not."""

    def problems(self, value: Any) -> Iterator[str]:
        """Yield that there is no such figure, with the nearest, or why it may not be scored."""
        try:
            definition = indicators.find(value) if isinstance(value, str) else None
        except LookupError as problem:
            yield _t("「{label}」：{problem}").format(label=self.label, problem=problem.args[0])
            return
        if definition is None:
            yield _t("请写明「{label}」（{path}）：指标目录中的代码。").format(label=self.label, path=self.path)
        elif not bearing.is_of_the_zone(definition):
            yield _t("「{label}」是企业的统计数字，不能用来评分：按《统计法》，能识别单个统计调查对象的资料"
                     "不得用于统计以外的目的。").format(label=definition.label)


def names_persons(definition: Definition, by: Dimension) -> bool:
    """Tell whether the groups of a figure would be persons: zones are scored, and never people."""
    return any(_leads_to_people(part, by.path.split("__")) for part in definition.parts())


def _leads_to_people(part: Indicator, path: list[str]) -> bool:
    register: Any = part.register
    for step in path:
        try:
            column: Field = field_of(register, step)
        except FieldDoesNotExist:  # the dimension finds its groups elsewhere
            return False
        if not column.is_relation:
            return False
        register = column.related_model
        if issubclass(register, User):
            return True
    return False


def _of_item(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with what an item reads: group, unit, target; its parts can be read."""
    figure, by = entry.get("figure"), entry.get("by")
    if figure:
        definition = indicators.find(figure)
        yield from _of_group(definition, by, entry.get("group"))
        unit = entry.get("unit") or definition.unit
        for name in ("figure", "target_figure"):
            if entry.get(name) and indicators.find(entry[name]).unit != unit:
                yield from _of_unit(indicators.find(entry[name]), unit)
    elif by or entry.get("group"):
        yield _t("没有写指标的，不写「分组」和「组」。")


def _of_group(definition: Definition, by: str | None, group: str | None) -> Iterator[str]:
    if bool(by) != bool(group):
        yield _t("「分组」和「组」要一起写，如 park、东园。")
    if by:
        try:
            along = indicators.dimension(definition, by)
        except LookupError as problem:
            yield problem.args[0]
        else:
            if names_persons(definition, along):
                yield _t("「{label}」不能按「{by}」评分：评分只对开发区，不对个人。").format(label=definition.label, by=along.label)


def _of_unit(definition: Definition, unit: str) -> Iterator[str]:
    try:
        units.convert(Decimal(1), definition.unit, unit)
    except ValueError as problem:
        yield problem.args[0]


def _of_share(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_item(entry)
    if bool(entry.get("target")) == bool(entry.get("target_figure")):
        yield _t("「目标数」和「目标指标」请写一个，也只写一个。")


def _of_bands(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_item(entry)
    bands = entry["bands"]
    for number, (lower, upper, _marks) in enumerate(bands, 1):
        start, end = limit(lower), limit(upper)
        if start is not None and end is not None and start >= end:
            yield _t("第 {number} 档从 {lower} 到 {upper}：后一个数要大于前一个数。").format(number=number, lower=lower, upper=upper)
        if lower == OPEN and number > 1 or upper == OPEN and number < len(bands):
            yield _t("第 {number} 档：只有第一档的起点、最后一档的终点可以写「{open}」。").format(number=number, open=OPEN)
    for number, (one, other) in enumerate(pairwise(bands), 2):
        if OPEN not in (one[1], other[0]) and exact(one[1]) != exact(other[0]):
            yield _t("第 {number} 档从 {lower} 起，应与上一档的终点 {upper} 相接。").format(number=number, lower=other[0], upper=one[1])


def _of_ranks(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_item(entry)
    shares = [exact(share) for share, _marks in entry["shares"]]
    if shares != sorted({*shares}) or shares[-1] > 1:
        yield _t("「名次的档」从前往后写，一档比一档大，最后不超过 100%。")


def _of_efficacy(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_item(entry)
    if exact(entry["unallowed"]) == exact(entry["satisfactory"]):
        yield _t("「不允许值」和「满意值」不能相同。")
    least, most = limit(entry["least"]), limit(entry["most"])
    if least is not None and most is not None and least > most:
        yield _t("「最低」不能大于「最高」。")


def _of_veto(entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_item(entry)
    if bool(entry.get("grade")) != (entry["then"] == CAP):
        yield _t("「最高等次」只有限制等次的否决才写，也必须写。")


def items_of(sheet: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the items of a sheet's content, each with the table of its form."""
    for table in FORMS:
        for entry in sheet.get(table, ()):
            yield table, entry


def _of_sheet(sheet: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong between the items of a sheet."""
    items = [entry for _table, entry in items_of(sheet)]
    if not items:
        yield _t("评分表还没有一项内容。")
    for number, count in Counter(entry["number"] for entry in items).items():
        if count > 1:
            yield _t("序号 {number} 写了 {count} 次，请改用不同的序号。").format(number=number, count=count)
    named, used = [each["name"] for each in sheet.get("dimensions", ())], {entry["dimension"] for entry in items}
    for name in dict.fromkeys(named):
        if name not in used:
            yield _t("分项「{name}」下没有一项内容，请核对名称。").format(name=name)
        if named.count(name) > 1:
            yield _t("分项「{name}」写了 {count} 次。").format(name=name, count=named.count(name))
    grades = sheet.get("grades", [])
    for one, other in pairwise(grades):
        if exact(one[1]) <= exact(other[1]):
            yield _t("等次从高到低写：「{one}」的起分应高于「{other}」。").format(one=one[0], other=other[0])
    for entry in sheet.get("vetoes", ()):
        if entry.get("grade") and entry["grade"] not in [each[0] for each in grades]:
            yield _t("序号 {number}：等次中没有「{grade}」。").format(number=entry["number"], grade=entry["grade"])


def _told(sheet: Mapping[str, Any]) -> str:
    """Return a sheet in words: its title and how many items of which form it has."""
    counts = Counter(table for table, _entry in items_of(sheet))
    forms = "、".join(_t("{form} {count} 项").format(form=FORMS[table].name, count=counts[table]) for table in FORMS if counts[table])
    return _t("{title}：{forms}").format(title=sheet["title"], forms=forms)


FIGURE = Figured(path="figure", label=_("指标"), choices=Catalogue(Definition))
BY_HAND = Figured(
    path="figure", label=_("指标"), choices=Catalogue(Definition), optional=True, help=_("没有指标可量的不写，由人登记查出的问题。"))
TARGET = (
    Amount(path="target", label=_("目标数"), optional=True, help=_("与「目标指标」写一个。")),
    Figured(path="target_figure", label=_("目标指标"), choices=Catalogue(Definition), optional=True,
            help=_("全年目标也是指标，如 projects.targets.signed。")))
MARKS = Amount(path="marks", label=_("分值"), above_zero=True, help=_("满分或权数，如 20 或 50%。"))
STEPS = (
    Amount(path="per", label=_("每一单位的分数"), above_zero=True),
    Amount(path="step", label=_("以多少为一单位"), above_zero=True, optional=True, help=_("不写的，以 1 为一单位。")),
    Yes(path="whole", label=_("只计满额"), help=_("不满一单位的不计。")))


def items(path: str, figure: Figured | None, *own: Any, also: Any = _of_item) -> Rows:
    """Return the table of the items of one form, with what every item has; without a figure what is found by hand counts."""
    return Rows(path=path, label=FORMS[path].name, optional=True, title="label", entry=Shape((
        Numbering(path="number", label=_("序号"), help=_("如 1.2，按它排列。")),
        Word(path="dimension", label=_("分项"), help=_("同一分项的，名称相同。")),
        Word(path="label", label=_("内容"), help=_("评分的内容。")),
        *([figure] if figure else []),
        Word(path="by", label=_("分组"), optional=True, help=_("只看一组的，写按什么分组，如 park。")),
        Word(path="group", label=_("组"), optional=True, help=_("组的名称。")),
        Choice(path="period", label=_("期间"), choices={word: word for word in PERIODS}, optional=True, help=_("不写的，本期。")),
        Word(path="unit", label=_("折算单位"), optional=True, help=_("如 亿元；不写的，用指标的单位。")),
        *own,
    ), also=also, tell=partial(_entry_told, path)))  # fmt: skip


def _entry_told(table: str, entry: Mapping[str, Any]) -> str:
    value = indicators.find(entry["figure"]).label if entry.get("figure") else _t("查出的问题")
    target = entry.get("target") or (entry.get("target_figure") and indicators.find(entry["target_figure"]).label) or ""
    return f"{entry['number']} {entry['label']}：{FORMS[table](entry).words(str(value), str(target))}"


CAPPED = Amount(path="cap", label=_("最高得分率"), above_zero=True, instead=UNCAPPED, help=_("如 100%。"))
SHEET = Shape((
    Word(path="title", label=_("名称"), help=_("评分表的名称。")),
    Word(path="basis", label=_("依据"), help=_("公布它的文件。")),
    Amount(path="full", label=_("满分"), above_zero=True, optional=True),
    Amount(path="times", label=_("总权数"), above_zero=True, optional=True, help=_("合计以后再乘的数；没有的不写。")),
    Amount(path="least", label=_("总分最低"), not_below_zero=True, optional=True, help=_("扣完为止的写 0。")),
    Whole(path="places", label=_("保留小数"), unit=_("位"), most=MOST_PLACES),
    Rows(path="dimensions", label=_("分项权数"), optional=True, title="name", help=_("只写有权数或上限的分项。"), entry=Shape((
        Word(path="name", label=_("分项"), help=_("与各项内容所写的分项相同。")),
        Amount(path="times", label=_("权数"), above_zero=True, optional=True),
        Amount(path="most", label=_("最高分"), above_zero=True, optional=True),
    ))),
    items("pro_rata", FIGURE, *TARGET, MARKS, CAPPED, also=_of_share),
    items("paced", FIGURE, *TARGET, MARKS, CAPPED, also=_of_share),
    items("bands", FIGURE, Rows(path="bands", label=_("档"), flat=True, help=_("从低到高写，前后相接。"), entry=Shape((
        Amount(path="from", label=_("从"), instead=OPEN), Amount(path="to", label=_("到（不含）"), instead=OPEN),
        Amount(path="marks", label=_("分数")),
    ))), also=_of_bands),
    items("ranks", None, Amount(path="of", label=_("共几名"), above_zero=True, help=_("参加排名的个数。")),
          Rows(path="shares", label=_("名次的档"), flat=True, help=_("从前往后写；每档包括它的最后一名。"), entry=Shape((
              Amount(path="share", label=_("前"), above_zero=True, help=_("如 20%。")), Amount(path="marks", label=_("分数"))))),
          also=_of_ranks),
    items("efficacy", FIGURE, MARKS, Amount(path="unallowed", label=_("不允许值")),
          Amount(path="satisfactory", label=_("满意值"), help=_("越小越好的指标，小于不允许值。")),
          Amount(path="lowest", label=_("不允许值得分"), not_below_zero=True, optional=True, help=_("不写的，60（默认）。")),
          Amount(path="span", label=_("满意值加分"), above_zero=True, optional=True, help=_("不写的，40（默认），也有写 50 和 50 的。")),
          Amount(path="least", label=_("最低"), instead=NO_FLOOR, help=_("如 60。")),
          Amount(path="most", label=_("最高"), instead=UNCAPPED, help=_("如 100。")), also=_of_efficacy),
    items("additions", BY_HAND, *STEPS, Amount(path="most", label=_("最多加"), not_below_zero=True, instead=UNCAPPED)),
    items("deductions", BY_HAND, Amount(path="base", label=_("起评分"), above_zero=True, optional=True), *STEPS,
          Amount(path="most", label=_("最多扣"), not_below_zero=True, instead=NO_FLOOR)),
    items("vetoes", BY_HAND, Choice(path="when", label=_("条件"), choices={
              MORE: _("大于"), AT_LEAST: _("不小于"), LESS: _("小于"), AT_MOST: _("不大于")}),
          Amount(path="limit", label=_("界限")),
          Choice(path="then", label=_("结果"), choices={ZERO: _("总分为 0"), CAP: _("限制等次")}),
          Word(path="grade", label=_("最高等次"), optional=True), also=_of_veto),
    Rows(path="grades", label=_("等次"), flat=True, optional=True, help=_("从高到低写。"), entry=Shape((
        Word(path="name", label=_("等次")), Amount(path="from", label=_("起分"))))),
), also=_of_sheet, tell=_told)  # fmt: skip
DATA = Path(__file__).parent / "data"
SHEETS = RuleKind("scoring.sheets", _("评分表"), DATA / "sheets.json", Shape((
    Rows(path="", label=_("评分表"), entry=SHEET, title="title", key=Word(
        path="code", label=_("代码"), help=_("如 zone.half_year；与已有的同一代码的，代替它。"))),
), beside=True))
ISSUING = RuleKind("scoring.issuing", _("评分印发"), DATA / "issuing.json", Shape((
    Choice(path="own_override", label=_("核定人印发自己核定的评分"), help=_("人手少的单位可以允许。"), choices={
        "refused": _("不允许"), "permitted": _("允许"),
    }),
)))
