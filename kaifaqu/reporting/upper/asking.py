"""What goes into the cells of a form for a period: figures, facts, lists and texts, each with where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.kernel import clock, events, units
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import Record
from kaifaqu.kernel.world import World
from kaifaqu.pages import lists
from kaifaqu.reporting import calls, display
from kaifaqu.reporting.document import Number
from kaifaqu.reporting.upper.book import Book
from kaifaqu.reporting.upper.models import NUMBER, CellKind, FormCell, UpperForm, blocked, column_of, settled
from kaifaqu.reporting.upper.sheet import Place, Value, reference

WORDS = (display.NEAR, display.OVER, display.ABOUT, display.EXPECTED)
EMPTY = (None, "")
Fact = Decimal | int | date | PartialDate | str | bool | None
Rows = list[list[Any]]  # register, id, code and the event that wrote the version


@dataclass
class Answer:
    """What one cell gets: its value, or why it has none, and where that comes from. `number` is the trace of a figure."""

    sheet: str
    place: Place
    heading: str
    kind: str
    label: str
    basis: str
    value: Value = None
    shown: str = ""
    reason: str = ""
    number: Number | None = None
    records: Rows = field(default_factory=list)
    cell: str = ""  # the code of the cell that was pointed at

    @property
    def reference(self) -> str:
        """Return the cell's name."""
        return reference(self.place)


@dataclass
class Answers:
    """A form as it would be filled: of which period, as known at which event, its cells, and what stands in the way."""

    form: UpperForm
    period: Period
    known: int
    cells: list[Answer] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[Answer]:
        """Return the cells that stay empty because something is missing."""
        return [each for each in self.cells if each.reason]

    @property
    def values(self) -> dict[tuple[str, Place], Value]:
        """Return what is written, by sheet and cell."""
        return {(each.sheet, each.place): each.value for each in self.cells}


def cells_of(form: UpperForm) -> list[FormCell]:
    """Return the cells of the form that were pointed at, by sheet, row and column."""
    found = FormCell.objects.current().filter(form=form).order_by("id")
    for each in found:
        each.form = form  # its workbook is read once
    return sorted(found, key=lambda each: (each.sheet, each.place))


def answer(form: UpperForm, period: Period, user: Any, only: FormCell | None = None) -> Answers:
    """Return the form, or `only` one cell of it, as it would be filled for the period, for this person, as known now.

    Raise ValidationError where the form has no workbook yet.
    """
    book = form.book()
    if book is None:
        raise ValidationError(_("{form}：还没有空表，请先上传上级下达的 .xlsx。").format(form=form))
    for _attempt in range(3):
        with override("zh-hans"):  # what is handed in is written in one language
            found = _answered(form, book, period, user, cells_of(form) if only is None else [only])
        if found.known == events.last_seq():  # else somebody wrote in between
            break
    return found


def _answered(form: UpperForm, book: Book, period: Period, user: Any, cells: list[FormCell]) -> Answers:
    told = Answers(form, period, events.last_seq())
    asker = calls.now(period, [form.owner_id], user=user, known=told.known)
    asker.expect(each.call for each in cells if each.kind == CellKind.FIGURE)
    asking = Asking(form, period, asker, World(told.known), user)
    for cell in cells:
        if problems := [*blocked(book, cell)]:
            told.problems += [_("{cell}：{problem}").format(cell=cell, problem=each) for each in problems]
            continue
        sheet = book.sheet(cell.sheet)
        if cell.heading != (heading := book.heading(sheet, cell.place)):
            told.warnings.append(_("{cell}：表头原来是「{before}」，现在是「{now}」。请核对指的还是不是这一格，再保存一次以确认。").format(
                cell=cell, before=cell.heading or "—", now=heading or "—"))
        try:
            for each in ASKED[CellKind(cell.kind)](asking, cell):
                each.place, each.cell = sheet.anchor(each.place), cell.code
                each.heading = heading if each.place == sheet.anchor(cell.place) else book.heading(sheet, each.place)
                _set(book, each)
                told.cells.append(each)
        except (ValueError, LookupError) as problem:
            words = getattr(problem, "messages", None) or [problem.args[0]]
            told.problems += [_("{cell}：{problem}").format(cell=cell, problem=each) for each in words]
    told.problems += _twice(told.cells)
    return told


def _twice(cells: list[Answer]) -> list[str]:
    """Return a sentence for each cell that is filled from two sides."""
    met: dict[tuple[str, Place], str] = {}
    found = []
    for each in cells:
        other = met.setdefault((each.sheet, each.place), each.cell)
        if other != each.cell:
            found.append(_("{sheet}!{cell} 被指了两次（{one}、{other}），请归档其中一条。").format(
                sheet=each.sheet, cell=each.reference, one=other, other=each.cell))
    return found


def _set(book: Book, told: Answer) -> None:
    """Make of the answer's value what the cell's format wants: a share under a percent format, the number of a date."""
    sheet, value = book.sheet(told.sheet), told.value
    if isinstance(value, Decimal) and told.number and _unit(told) == "%" and book.wants_percent(sheet, told.place):
        told.value = value.scaleb(-2)
    day = getattr(told, "day", None)
    if day is not None and book.wants_date(sheet, told.place):
        told.value = Decimal(book.serial(day))


def _unit(told: Answer) -> str:
    """Return the unit in which a figure is written; of a rate of change that is %."""
    assert told.number is not None
    return "%" if told.number.against and told.number.style in ("", display.RATE) else told.number.unit


@dataclass
class Dated(Answer):
    """An answer that is a day, which a cell may want as a number."""

    day: date | None = None


@dataclass
class Asking:
    """Answers the cells of one form."""

    form: UpperForm
    period: Period
    asker: calls.Asker
    world: World
    user: Any

    def figure(self, cell: FormCell) -> Iterator[Answer]:
        """Yield the answer to a figure: a number of the wanted unit and decimals; in words only where a word was wanted.

        What cannot be told, such as a rate of growth from nothing, stays empty with its reason.
        """
        call = cell.call
        told = Answer(cell.sheet, cell.place, "", cell.kind, cell.asks, "")
        try:
            number = told.number = self.asker.number(call)
            told.label, told.basis, told.records, told.reason = number.label, number.basis, number.records, number.problem
            if not number.problem and number.value is None:
                told.reason = _("没有数据。")
            elif not number.problem:
                told.value = number.shown if call.style in WORDS else exact(number, call)
                told.shown = told.value if isinstance(told.value, str) else units.text(told.value)
        except (ValueError, LookupError) as problem:
            told.reason = problem.args[0]
        yield told

    def field(self, cell: FormCell) -> Iterator[Answer]:
        """Yield the answer to a fact of one record."""
        model = cell.model
        self._demand(model)
        rows = self._rows(model).filter(code=cell.subject)
        if (row := rows.first()) is None:
            raise ValueError(_("没有编号为「{code}」的{register}。").format(code=cell.subject, register=model._meta.verbose_name))
        yield self._fact(cell, cell.place, row, cell.fields.strip(), self._related(model, [row], [cell.fields.strip()]))

    def rows(self, cell: FormCell) -> Iterator[Answer]:
        """Yield the answers of a list, row by row; what is left of the prepared rows is emptied.

        Raise ValueError, naming how many fit, where there are more rows than were prepared.
        """
        model, down, fits = cell.model, cell.down, cell.rows or 1
        self._demand(model)
        asked = settled(cell, self.period)
        seen = model.objects.current().filter(owner_id=self.form.owner_id)
        ids = lists.narrowed(seen, asked, list(lists.filters_of(model, asked)), list(lists.spans_of(model, asked))).values("id")
        rows = list(_ordered(self._rows(model).filter(id__in=ids), model, cell.order))
        if len(rows) > fits:
            raise ValueError(_(
                "清单有 {count} 条，空表只留了 {fits} 行，不会自行加行。请在空表里加行后重新上传并改「可填行数」，或收窄清单条件。",
            ).format(count=len(rows), fits=fits))
        if not rows:
            label, reason = str(model._meta.verbose_name), _("没有符合清单条件的记录。")
            yield Answer(cell.sheet, cell.place, "", cell.kind, label, cell.where, reason=reason)
        beside = self._related(model, rows, [path for _column, path in down])
        for number, row in enumerate(rows, 1):
            for column, path in down:
                place = (cell.place[0] + number - 1, column)
                if path == NUMBER:
                    yield Answer(cell.sheet, place, "", cell.kind, NUMBER, _("清单的行号"), Decimal(number), f"{number}")
                else:
                    yield self._fact(cell, place, row, path, beside)
        for number in range(len(rows), fits):
            for column, _path in down if rows or number else down[1:]:
                yield Answer(cell.sheet, (cell.place[0] + number, column), "", cell.kind, "", "")

    def text(self, cell: FormCell) -> Iterator[Answer]:
        """Yield the answer to fixed words, in which the period, its last day, the owner and today may stand."""
        days = {"期末": self.period.end, "填报日期": clock.today()}
        told = {"期间": self.period.label, "单位": self.form.owner.name}
        told |= {name: f"{day.year}年{day.month}月{day.day}日" for name, day in days.items()}
        words = cell.asks
        for name, value in told.items():
            words = words.replace(f"{{{name}}}", value)
        answer = Dated(cell.sheet, cell.place, "", cell.kind, _("固定内容"), cell.asks, words, words)
        answer.day = next((day for name, day in days.items() if cell.asks.strip() == f"{{{name}}}"), None)
        yield answer

    def _demand(self, model: type[Record]) -> None:
        """Raise ValueError that names the right which the person lacks."""
        right = model.right_to("view")
        if not self.user.may(right, self.form.owner_id):
            raise ValueError(_("没有查看{register}的权限（{right}），不能填这一格。").format(
                register=model._meta.verbose_name, right=right))

    def _rows(self, model: type[Record]) -> models.QuerySet:
        """Return the owner's rows as known; each has the number of the event that wrote it in `seq`."""
        return self.world.rows(model).filter(owner_id=self.form.owner_id)

    def _related(self, model: type[Record], rows: list[Any], paths: list[str]) -> dict[tuple[type, int], Any]:
        """Return the records that the rows refer to, by register and id, read in one statement a register."""
        wanted: dict[type[Record], set[int]] = {}
        for path in paths:
            column, key = (None, None) if path == NUMBER else column_of(model, path)
            for each in filter(None, (key, column if key is None and column is not None and column.is_relation else None)):
                if each.related_model.register not in ("parties", "users"):
                    self._demand(each.related_model)
                wanted.setdefault(each.related_model, set()).update(
                    pk for row in rows if (pk := getattr(row, each.attname)) is not None)
        return {(register, row.id): row for register, ids in wanted.items() for row in self.world.rows(register).filter(id__in=ids)}

    def _fact(self, cell: FormCell, place: Place, row: Any, path: str, beside: dict[tuple[type, int], Any]) -> Answer:
        """Return the answer to one fact of a row, or of the record that it refers to."""
        model = cell.model
        column, key = column_of(model, path)
        source, records = row, [[model.register, row.id, row.code, row.seq]]
        if key is not None:
            source = beside.get((key.related_model, getattr(row, key.attname)))
            if source is not None:
                records.append([key.related_model.register, source.id, source.code, source.seq])
        label = column.verbose_name if key is None else f"{key.verbose_name}：{column.verbose_name}"
        told = Dated(
            cell.sheet, place, "", cell.kind, str(label), _("{register} {code} 的「{label}」").format(
                register=model._meta.verbose_name, code=row.code, label=label), records=records)
        fact = None if source is None else _fact(source, column, beside)
        if fact in EMPTY:
            told.reason = _("{register} {code} 没有填「{label}」。").format(register=model._meta.verbose_name, code=row.code, label=label)
        else:
            told.value, told.day = _value(fact)
            told.shown = units.text(told.value) if isinstance(told.value, Decimal) else str(told.value)
        return told


ASKED = {CellKind.FIGURE: Asking.figure, CellKind.FIELD: Asking.field, CellKind.LIST: Asking.rows, CellKind.TEXT: Asking.text}


def exact(number: Number, call: calls.Call) -> Decimal:
    """Return the number that a cell gets: in the wanted unit, rounded once; of a comparison the change.

    Raise ValueError where there is no rate because the base is zero or below.
    """
    assert number.value is not None
    value, unit = Decimal(number.value), number.unit
    if call.against:
        base = Decimal(number.base or 0)
        if call.style in ("", display.RATE):
            if base <= 0:
                raise ValueError(_("比较基数是 {base}，不能计算增减幅度；请改用「增减量」。").format(base=units.text(base)))
            value, unit = units.ROUNDED.divide((value - base) * 100, base), "%"
        else:
            value -= base
    if call.unit and call.unit != unit and not (call.against and unit == "%"):
        value = units.convert(value, unit, call.unit)
    return value if call.places is None else units.round_half_up(value, call.places)


def _fact(row: Any, column: Any, beside: dict[tuple[type, int], Any]) -> Fact:
    """Return a fact of a row: of a choice its name, of a reference the name of the record."""
    value = getattr(row, column.attname)
    if value in EMPTY:
        return None
    if column.is_relation:
        other = beside.get((column.related_model, value))
        named = any(each.name == "name" and not hasattr(each, "personal") for each in column.related_model._meta.concrete_fields)
        return None if other is None else other.name if named else other.code
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    return value


def _value(fact: Fact) -> tuple[Value, date | None]:
    """Return what is written of a fact: a number, or text; and the day that it is."""
    if isinstance(fact, bool):
        return (_("是") if fact else _("否")), None
    if isinstance(fact, Decimal | int):
        return Decimal(fact), None
    if isinstance(fact, PartialDate):
        return str(fact), None if fact.month is None else date(fact.year, fact.month, fact.day or 1)
    if isinstance(fact, date):
        return fact.isoformat(), fact
    return str(fact), None


def _ordered(rows: models.QuerySet, model: type[Record], order: str) -> models.QuerySet:
    """Return the rows in the order of a column; what lacks the fact comes last."""
    name = order.removeprefix("-")
    if not name:
        return rows.order_by("code", "id")
    by = models.F(name)
    return rows.order_by(by.desc(nulls_last=True) if order.startswith("-") else by.asc(nulls_last=True), "code", "id")
