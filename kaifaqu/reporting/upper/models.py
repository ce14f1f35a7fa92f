"""Upper-level forms, what each of their cells asks for, and how they were filled."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kaifaqu.kernel import units
from kaifaqu.kernel.access import refuse_foreign
from kaifaqu.kernel.indicators import dimension
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record, field_of, registers, related
from kaifaqu.pages import lists
from kaifaqu.reporting import display
from kaifaqu.reporting.calls import OWN, Call, definition_of, period_of
from kaifaqu.reporting.upper.book import Book, kept
from kaifaqu.reporting.upper.sheet import Place, letters, place_of, reference

MOST_PLACES, MOST_LINES = 6, 5000
NUMBER = "序号"  # as a column of a list: the rows counted from 1
FROM, TO = "本期起", "本期止"  # in the condition of a list: the first and the last day of the form's period


class Kind(models.TextChoices):
    """How often a form is due."""

    MONTH = "month", _("月报")
    QUARTER = "quarter", _("季报")
    HALF = "half", _("半年报")
    YEAR = "year", _("年报")


FORMS = {  # how the period of each kind is spelt
    Kind.MONTH: r"\d{4}-\d\d", Kind.QUARTER: r"\d{4}-Q[1-4]", Kind.HALF: r"\d{4}-H[12]", Kind.YEAR: r"\d{4}",
}  # fmt: skip
EXAMPLES = {Kind.MONTH: "2024-07", Kind.QUARTER: "2024-Q2", Kind.HALF: "2024-H1", Kind.YEAR: "2024"}


class UpperForm(Record):
    """上级报表：上级下达、按期填报的一张工作簿。

    One record is one form that comes back each period; a new edition of its file stays the same form, another form of the
    same sender is another record. `workbook` is the SHA-256 of the blank file, which is attached to the record.
    """

    register = "upper_forms"
    columns = ("code", "name", "sender", "kind", "note")
    code_prefix = "BS"
    revives = False  # a form under the code of an archived one has another file and other cells

    name = models.CharField(_("报表名称"), max_length=100)
    sender = models.CharField(_("下达单位"), max_length=100, blank=True)
    kind = models.CharField(_("报送周期"), max_length=8, choices=Kind)
    note = models.TextField(_("填报说明"), blank=True)
    workbook = models.CharField(_("空表 SHA-256"), max_length=64, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("上级报表")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    def book(self) -> Book | None:
        """Return the blank workbook, None where none was handed in yet. Raise ValidationError where the store has lost it."""
        return kept(self.workbook) if self.workbook else None

    def period_of(self, text: str) -> Period:
        """Return the period that a text says. Raise ValidationError for one that is not of the form's kind."""
        kind = Kind(self.kind)
        if re.fullmatch(FORMS[kind], text.strip()):
            try:
                return Period.parse(text)
            except ValueError as problem:
                raise ValidationError(problem.args[0]) from None
        raise ValidationError(_t("{form}是{kind}，期间请写作 {example}，不是「{text}」。").format(
            form=self, kind=kind.label, example=EXAMPLES[kind], text=text))


class CellKind(models.TextChoices):
    """What a cell holds."""

    FIGURE = "figure", _("指标")
    FIELD = "field", _("记录栏目")
    LIST = "list", _("记录清单")
    TEXT = "text", _("固定内容")


class FormCell(Record):
    """取数单元格：上级报表里由系统填的一个单元格，或由它开始的一份清单，以及填什么。

    One record is one cell that was pointed at. Of a figure `asks` is its name; of a field of a record and of a list of
    records, the register; of a text, the words. `heading` is what the cell was called in the workbook when it was pointed
    at: a new edition in which it is called otherwise is noticed by that.
    """

    register = "form_cells"
    columns = (
        "code", "form", "sheet", "cell", "kind", "asks", "period", "by", "group", "against", "unit", "places", "style", "subject",
        "fields", "where", "order", "rows",
    )
    listed = ("code", "form", "sheet", "cell", "heading", "kind", "asks", "period")
    code_prefix = "QS"
    keys = (("form", "sheet", "cell"), ("code",))
    revives = False

    form = models.ForeignKey(UpperForm, models.PROTECT, verbose_name=_("报表"), related_name="+")
    sheet = models.CharField(_("工作表"), max_length=31)
    cell = models.CharField(_("单元格"), max_length=10, help_text=_("列和行，如 B5；合并的单元格写左上角"))
    kind = models.CharField(_("填什么"), max_length=8, choices=CellKind)
    asks = models.CharField(_("取自"), max_length=200, help_text=_("指标写指标名称；记录栏目、记录清单写台账；固定内容直接写文字"))
    period = models.CharField(_("指标期间"), max_length=20, blank=True, help_text=_("空着是本期；可写 上期、上年同期、累计、期末 等"))
    by = models.CharField(_("分组方式"), max_length=40, blank=True)
    group = models.CharField(_("其中的一组"), max_length=100, blank=True)
    against = models.CharField(_("比较"), max_length=20, blank=True, help_text=_("如 上年同期；填的是与它相比的变化"))
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    places = models.PositiveSmallIntegerField(_("小数位数"), null=True, blank=True, help_text=_("空着不四舍五入"))
    style = models.CharField(_("写作"), max_length=10, blank=True, help_text=_("近、余、约、预计；比较时可写 增减、增减量、增减点"))
    subject = models.CharField(_("记录编号"), max_length=40, blank=True)
    fields = models.TextField(_("栏目"), blank=True, help_text=_("记录栏目写一栏；记录清单逐列写，如 A=序号 B=项目名称 C=园区.园区名称"))
    where = models.CharField(_("清单条件"), max_length=400, blank=True, help_text=_(
        "与列表地址的写法相同，如 stage=under_construction；日期可写 本期起、本期止"))
    order = models.CharField(_("排序"), max_length=60, blank=True, help_text=_("栏目名，前面加 - 从大到小"))
    rows = models.PositiveSmallIntegerField(_("可填行数"), null=True, blank=True, help_text=_("空表里为清单留出的行数，写不下时不填并说明"))
    heading = models.CharField(_("表头"), max_length=200, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("取数单元格")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=("form", "sheet", "cell"), condition=models.Q(archived_at=None), name="formcell_once",
                violation_error_message=_("这个单元格已经指定过，请更正原来的一条。")),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"

    @property
    def place(self) -> Place:
        """Return row and column of the cell. Raise ValueError where its name is none."""
        return place_of(self.cell)

    @property
    def call(self) -> Call:
        """Return how a figure is asked for."""
        return Call(
            self.asks, self.period or OWN, by=self.by, group=self.group, against=self.against, unit=self.unit, places=self.places,
            style=self.style)

    @property
    def model(self) -> type[Record]:
        """Return the register of a field or a list. Raise ValueError that lists them for any other name."""
        told = {name: each for name, each in registers().items() if each.columns}
        for name, each in told.items():
            if self.asks in (name, str(each._meta.verbose_name)):
                return each
        raise ValueError(_t("没有台账「{name}」。可填：{names}。").format(
            name=self.asks, names="、".join(str(each._meta.verbose_name) for each in told.values())))

    @property
    def down(self) -> list[tuple[int, str]]:
        """Return the columns of a list: that of the sheet, and the path of the register's. Raise ValueError for another spelling."""
        found = []
        for each in re.split(r"[\s，、;；]+", self.fields.strip()):
            column, equals, path = each.partition("=")
            if not equals or not re.fullmatch("[A-Za-z]{1,3}", column):
                raise ValueError(_t("清单的栏目请写作 A=序号 B=name，不是「{text}」。").format(text=each))
            found.append((place_of(f"{column}1")[1], path))
        return found

    @property
    def asked(self) -> QueryDict:
        """Return the condition of a list as a list's address has it."""
        return QueryDict(self.where)

    def derived(self) -> dict[str, Any]:
        """Return what the cell is called in the workbook; nothing where there is none, or it has no such cell."""
        try:
            book = self.form.book()
            return {"heading": book.heading(book.sheet(self.sheet), self.place)} if book else {}
        except (ValidationError, ValueError):
            return {}

    def clean(self) -> None:
        """Refuse another owner's form, a cell that cannot be filled, and what nobody could answer: everything at once."""
        if self.archived_at is not None:
            return
        refuse_foreign(self, "form")
        if problems := [*self._of_place(), *CHECKS[CellKind(self.kind)](self)]:
            raise ValidationError(problems)

    def _of_place(self) -> Iterator[str]:
        """Yield what is wrong with the cell itself, as far as the workbook is there."""
        try:
            place, book = self.place, self.form.book()
            if self.cell != reference(place):
                yield _t("单元格请写作 {cell}。").format(cell=reference(place))
            yield from blocked(book, self) if book else ()
        except ValueError as problem:
            yield problem.args[0]

    def _of_figure(self) -> Iterator[str]:
        """Yield what is wrong with how a figure is asked for."""
        try:
            definition = definition_of(self.asks)
            if self.by:
                dimension(definition, self.by)
            if self.unit:
                units.convert(units.Decimal(1), definition.unit, self.unit)
        except (LookupError, ValueError) as problem:
            yield problem.args[0]
        for words in (self.period, self.against):
            try:
                period_of(words or OWN, Period.parse(EXAMPLES[Kind(self.form.kind)]))
            except ValueError as problem:
                yield problem.args[0]
        if bool(self.by) != bool(self.group):
            yield _t("「分组方式」和「其中的一组」要一起填。")
        if self.places is not None and self.places > MOST_PLACES:
            yield _t("小数最多 {places} 位。").format(places=MOST_PLACES)
        if self.style and self.style not in (*display.STYLES, *display.CHANGES):
            yield _t("没有写法「{style}」。可选：{styles}。").format(
                style=self.style, styles="、".join((*display.STYLES[1:], *display.CHANGES)))
        elif (self.style in display.CHANGES) > bool(self.against):
            yield _t("写作「{style}」要写明「比较」。").format(style=self.style)

    def _of_field(self) -> Iterator[str]:
        """Yield what is wrong with how a fact of a record is asked for."""
        if not self.subject:
            yield _t("请填写「记录编号」。")
        try:
            column_of(self.model, self.fields.strip())
        except ValueError as problem:
            yield problem.args[0]

    def _of_list(self) -> Iterator[str]:
        """Yield what is wrong with how a list is asked for."""
        if (self.rows or 0) > MOST_LINES:
            yield _t("「可填行数」最多 {rows} 行。").format(rows=MOST_LINES)
        elif not self.rows:
            yield _t("请填写「可填行数」：空表里为清单留出了几行。")
        try:
            model = self.model
        except ValueError as problem:
            yield problem.args[0]
            return
        try:
            down = self.down
        except ValueError as problem:
            yield problem.args[0]
            down = []
        for _column, path in down:
            try:
                column_of(model, path) if path != NUMBER else None
            except ValueError as problem:
                yield problem.args[0]
        if len({column for column, _path in down}) < len(down):
            yield _t("清单的两个栏目写到了同一列。")
        yield from unknown_conditions(self, model)

    def _of_text(self) -> Iterator[str]:
        """Yield nothing: any words may stand in a cell."""
        yield from ()


CHECKS = {
    CellKind.FIGURE: FormCell._of_figure, CellKind.FIELD: FormCell._of_field, CellKind.LIST: FormCell._of_list,
    CellKind.TEXT: FormCell._of_text,
}  # fmt: skip


@cache
def names_of(register: type[Record]) -> dict[str, str]:
    """Return the columns that may go into a form, by their names and by what they are called in Chinese."""
    with override("zh-hans"):
        columns = [field_of(register, name) for name in dict.fromkeys(("code", *register.columns, *register.listed))]
        return {str(each.verbose_name): each.name for each in columns} | {each.name: each.name for each in columns}


def column_of(register: type[Record], path: str) -> tuple[Any, Any]:
    """Return the column that a path names and, of a path over a key such as subject.name or 项目.项目名称, that key, else None.

    Raise ValueError for what is no column, and for personal facts: those do not go into a form.
    """
    first, dot, further = path.partition(".")
    if (name := names_of(register).get(first)) is not None:
        column = field_of(register, name)
        if dot and column.is_relation and "." not in further:
            return column_of(related(column), further)[0], column
        if not dot and not hasattr(column, "personal"):
            return column, None
        if not dot:
            raise ValueError(_t("「{label}」是个人信息，不能填进上级报表。").format(label=column.verbose_name))
    raise ValueError(_t("{register}没有栏目「{path}」。可填：{names}。").format(
        register=register._meta.verbose_name, path=path, names=told_columns(register)))


def told_columns(register: type[Record]) -> str:
    """Return the columns of a register as a person may write them."""
    return "、".join(f"{field_of(register, each).verbose_name}（{each}）" for each in dict.fromkeys(("code", *register.columns)))


def unknown_conditions(cell: FormCell, model: type[Record]) -> Iterator[str]:
    """Yield a sentence for each condition and order of a list that the register does not have."""
    asked = settled(cell, Period.parse(EXAMPLES[Kind(cell.form.kind)]))
    spans = list(lists.spans_of(model, asked))
    filters = {each.column.name: each for each in lists.filters_of(model, asked)}
    known = {"q", *filters, *(f"{each.column.name}-{end}" for each in spans for end in ("from", "to"))}
    for name in asked:
        if name not in known:
            yield _t("清单条件里没有「{name}」。可写：{names}。").format(name=name, names="、".join(sorted(known)))
        elif name in filters and asked[name] not in (lists.NONE, *dict(filters[name].options)):
            yield _t("清单条件「{name}」没有「{value}」。可写：{values}。").format(
                name=name, value=asked[name], values="、".join(dict(filters[name].options)))
    for each in spans:
        yield from lists._borders(each)[1]
    if cell.order and cell.order.removeprefix("-") not in {each.name for each in lists.columns_of(model)}:
        yield _t("清单不能按「{name}」排序。").format(name=cell.order)


def settled(cell: FormCell, period: Period) -> QueryDict:
    """Return the condition of a list with the days of the form's period."""
    asked = cell.asked.copy()
    for name, value in cell.asked.items():
        asked[name] = {FROM: period.start.isoformat(), TO: period.end.isoformat()}.get(str(value), str(value))
    return asked


def blocked(book: Book, cell: FormCell) -> Iterator[str]:
    """Yield why a cell, or a list that begins in it, cannot be filled in this workbook."""
    try:
        sheet, (row, column) = book.sheet(cell.sheet), cell.place
        columns = [each for each, _path in cell.down] if cell.kind == CellKind.LIST else [column]
    except ValidationError as problem:
        yield from problem.messages
        return
    except ValueError:
        return  # it is said elsewhere
    last = row + (cell.rows or 1) - 1 if cell.kind == CellKind.LIST else row
    places = [(each, down) for each in range(row, last + 1) for down in columns]
    if computed := [reference(place) for place in places if sheet.is_computed(sheet.anchor(place))]:
        yield _t("{sheet}!{cells} 是公式，由工作簿自己计算，不能填数。请指它所引用的单元格。").format(
            sheet=cell.sheet, cells="、".join(computed[:5]))
    if cell.kind == CellKind.LIST and column not in columns:
        yield _t("清单从 {cell} 开始，栏目里却没有 {column} 列。").format(cell=cell.cell, column=letters(column))


class FormFilling(Record):
    """报表填报：一张上级报表某一期填好的一份。

    One record is one filling: the same period filled again is another. `sha256` is the file as it was handed out, `traces`
    what stood in each cell and where it came from; both are kept by the store, attached to the form. `known` is the event
    as of which the figures were computed.
    """

    register = "form_fillings"
    listed = ("code", "form", "period", "known", "count", "missing", "filler")
    code_prefix = "BF"

    form = models.ForeignKey(UpperForm, models.PROTECT, verbose_name=_("报表"), related_name="+")
    period = models.CharField(_("期间"), max_length=20)
    known = models.BigIntegerField(_("截至事件"))
    filled_on = models.DateField(_("填报日期"))
    filler = models.CharField(_("填报人账号"), max_length=40)
    count = models.PositiveIntegerField(_("已填单元格"))
    missing = models.PositiveIntegerField(_("缺数"))
    sha256 = models.CharField(_("文件 SHA-256"), max_length=64)
    traces = models.CharField(_("依据 SHA-256"), max_length=64)

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = _("报表填报")
        constraints = [*Record.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.code} {self.period}"
