"""Blank forms: the workbook in which people fill in a register, empty or with records to be completed.

It helps where it can (notes, drop-downs, limits) and never decides: whatever is pasted over that, the importer checks.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from django.core.validators import BaseValidator, MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from kaifaqu.kernel.access import Party
from kaifaqu.kernel.fields import BOUND, ExactField, PartialDateField
from kaifaqu.kernel.records import Record, related
from kaifaqu.kernel.world import World
from kaifaqu.sheets.columns import NAMED_OPENLY, Column, facts, filled_in, public_name, visible
from kaifaqu.sheets.personal import Watch
from kaifaqu.sheets.provenance import Provenance
from kaifaqu.sheets.workbooks import HEAD, ROWS, Workbook

LISTS = "_lists"  # the hidden sheet with what drop-downs offer
OFFERED = 1_000  # records that a drop-down can offer
LONGEST_DATE = len("2024年12月31日")
NOTE = {"x_scale": 2, "font_size": 9}


def blank(
    register: type[Record], user: Any, stream: IO[bytes], rows: Iterable[Any] | None = None, *, owner: Party | None = None,
    among: Mapping[str, Iterable[Record]] | None = None, extra: Mapping[str, Any] | None = None, units: Sequence[str] = (),
) -> Provenance:  # fmt: skip
    """Write the form of a register to the stream, with the given records filled in; return what its mark says.

    Drop-downs offer what the person may see, of the owner's where one is given; a form that leaves the house offers only
    the records `among` names by column, and nobody learns from it what else there is, or who made it. Rows of today, saved
    or not; those that are not saved have no key, so what comes back of them is new. `extra` is what else the mark says,
    `units` who fills in each row, where several do.
    """
    about = Provenance.now(register, filled_in(register), user, owner=owner, extra=extra, outside=among is not None)
    watch = Watch(about)
    with _Form(stream, about, among, units) as form:
        for key, values in watch.over(facts(rows or (), about.columns, user, World())):
            form.row(key, values)
    watch.note("form")
    return about


class _Form(Workbook):
    """A workbook whose columns say how they are filled in, and offer what can be chosen."""

    def __init__(
        self, stream: IO[bytes], about: Provenance, among: Mapping[str, Iterable[Record]] | None = None, units: Sequence[str] = (),
    ):  # fmt: skip
        self.offers = {column: _offer(column, about, among) for column in about.columns}
        self.named = {
            column: {text.partition(" ")[0]: text for text in offers} for column, offers in self.offers.items()
            if column.kind == "reference"}
        super().__init__(stream, about)
        for place, column in enumerate(about.columns, 1):
            self.records.write_comment(0, place, self._note(column), {**NOTE, "author": about.title})
        self.units = units
        if units:
            last = len(about.columns) + 1
            self.records.write_string(0, last, _("{label}（只读）").format(label=_("填报单位")), self.head)
            self.records.set_column(last, last, 28)
            self.records.autofilter(0, 0, len(units), last)

    def head_of(self, place: int) -> Any:
        """Return the format of a heading: in another colour where the column must be filled in."""
        if not hasattr(self, "required"):
            self.required = self.book.add_format({**HEAD, "bg_color": "#FDF0C2", "font_color": "#A3231C"})
        return self.required if place and _is_required(self.about.columns[place - 1]) else self.head

    def row(self, key: str, values: Sequence[Any]) -> None:
        """Write the next record; what it refers to by code and name, as the drop-downs have it."""
        told = zip(self.about.columns, values, strict=True)
        super().row(key, [self.named[column].get(value, value) if column in self.named else value for column, value in told])
        if self.units:
            self.records.write_string(self.count, len(self.about.columns) + 1, self.units[self.count - 1], self.plain)

    def finish(self) -> None:
        """Add the instructions, the lists and the limits, and finish the file."""
        lines = [[text] for text in self._advice()]
        table = [[_("栏目"), _("必填"), _("怎么填")], *(
            [column.heading, _("必填") if _is_required(column) else "", self._how(column)] for column in self.about.columns)]
        self.page(_("填写说明"), [*lines, [""], *table], (24, 8, 90), {0, len(lines) + 1})
        self._offer_lists()
        super().finish()

    def _advice(self) -> Iterable[str]:
        return (
            _("《{title}》填写说明").format(title=self.about.title),
            _("1. 每行填一条记录，从第 2 行填起；中间可以空行，不要合并单元格。"),
            _("2. 黄底红字的栏目必填，其余没有的空着。把光标停在表头上可以看到填法。"),
            _("3. 表头请不要改字，栏目可以调换次序；多加的栏目不会导入。"),
            _("4. 单位写在表头里，格子里只填数字。例如表头是万元，1.2 亿元填 12000。"),
            _("5. 日期写 2024-03-01；只知道年月的写 2024-03，只知道年份的写 2024。"),
            _("6. 隐藏的第一列和隐藏的工作表用来认出每一行是哪条记录，请不要删除。"),
            _("7. 用 Excel、WPS 或 LibreOffice 都可以，填好存为 .xlsx，在台账页面点「导入」。"),
        )

    def _note(self, column: Column) -> str:
        return "\n".join([_("必填") if _is_required(column) else _("可以不填"), self._how(column)])

    def _how(self, column: Column) -> str:
        """Return in a sentence or two how the column is filled in."""
        told = [str(column.field.help_text), _how(column)]
        if column.kind == "reference" and not self.offers[column]:
            told.append(_("记录太多或还没有，不列出，请在系统中查编号"))
        return "。".join(text for text in told if text) + "。"

    def _offer_lists(self) -> None:
        """Write what drop-downs offer onto a hidden sheet, and the limits of every column."""
        offered = [column for column in self.about.columns if self.offers[column]]
        sheet = self.book.add_worksheet(LISTS)
        for number in range(max((len(self.offers[column]) for column in offered), default=0)):
            for place, column in enumerate(offered):
                if number < len(self.offers[column]):
                    sheet.write_string(number, place, self.offers[column][number], self.plain)
        sheet.hide()
        for place, column in enumerate(self.about.columns, 1):
            if column in offered:
                name = xl_col_to_name(offered.index(column), True)
                rule = {"validate": "list", "source": f"={LISTS}!{name}$1:{name}${len(self.offers[column])}"}
            else:
                rule = _limit(column)
            if rule:
                strict = column.kind != "reference"  # a record may have been entered since
                self.records.data_validation(1, place, ROWS, place, {
                    **rule, "error_type": "stop" if strict else "warning", "error_title": _("请核对"),
                    "error_message": f"{column.heading[:60]}：{_how(column)}"[:250],
                })  # fmt: skip


def _is_required(column: Column) -> bool:
    field = column.field
    return not (field.blank or field.has_default() or field.name == "code" or column.kind == "truth")


def _how(column: Column) -> str:
    """Return how one cell is filled in, without the full stop."""
    field, kind = column.field, column.kind
    if field.name == "code":
        return _("编号；新增的可以不填，由系统编")
    if kind == "reference":
        return _("填「{register}」的编号，或从下拉中选").format(register=related(field)._meta.verbose_name)
    if kind == "choice":
        return _("从下拉中选：{labels}").format(labels="、".join(_labels(field)))
    if kind == "truth":
        return _("填「是」或「否」")
    if isinstance(field, ExactField):
        places = _("最多 {scale} 位小数").format(scale=field.scale) if field.scale else _("填整数")
        return "，".join([_("只填数字"), *([_("单位{unit}").format(unit=column.unit)] if column.unit else []), places])
    if kind == "number":
        return _("填整数")
    if isinstance(field, PartialDateField):
        return _("日期，如 2024-03-01；只知年月写 2024-03，只知年份写 2024")
    if kind == "date":
        return _("日期，如 2024-03-01")
    longest = _longest(field)
    return _("文字，最多 {count} 字").format(count=longest) if longest else _("文字")


def _labels(field: models.Field) -> list[str]:
    return [str(label) for value, label in field.flatchoices if value != ""]


def _longest(field: models.Field) -> int | None:
    return min(_limits(field, MaxLengthValidator), default=None)


def _limits(field: models.Field, kind: type[BaseValidator]) -> list[int]:
    return [each.limit_value for each in field.validators if isinstance(each, kind)]


def _offer(column: Column, about: Provenance, among: Mapping[str, Iterable[Record]] | None) -> list[str]:
    """Return what a drop-down offers; nothing where people type, or where there are too many records."""
    if column.kind == "choice":
        return _labels(column.field)
    if column.kind == "truth":
        return [_("是"), _("否")]
    if column.kind != "reference":
        return []
    if among is not None:
        return [_named(row) for row in among.get(column.field.name, ())][:OFFERED]
    register = related(column.field)
    rows = visible(register, about.user).order_by("code")
    if about.owner is not None and register not in NAMED_OPENLY:
        rows = rows.filter(owner_id=about.owner.pk)
    told = [_named(row) for row in rows[:OFFERED + 1]]
    return told if len(told) <= OFFERED else []


def _named(row: Record) -> str:
    return f"{row.code} {public_name(row)}".strip()


def _limit(column: Column) -> dict[str, Any]:
    """Return what a spreadsheet itself can check of a typed cell."""
    field, kind = column.field, column.kind
    if isinstance(field, ExactField):
        bound = float(BOUND.scaleb(-field.scale))
        return {"validate": "decimal", "criteria": "between", "minimum": -bound, "maximum": bound}
    if kind == "number":
        least, most = max(_limits(field, MinValueValidator)), min(_limits(field, MaxValueValidator))  # every kind of integer has both
        return {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most}
    if kind == "date":
        return {"validate": "length", "criteria": "between", "minimum": 4, "maximum": LONGEST_DATE}
    longest = _longest(field) if kind == "text" else None
    return {"validate": "length", "criteria": "<=", "value": longest} if longest else {}
