"""Lists of a register: which rows, in which order, in which columns, with which totals. All of it stands in the address."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import OperationalError, models
from django.db.models import Count, Q, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.decided import possible
from kaifaqu.kernel.fields import ExactField, PartialDate
from kaifaqu.kernel.records import Record, field_of, related
from kaifaqu.pages.asked import number
from kaifaqu.pages.inputs import input_of
from kaifaqu.pages.reading import Reader, kind, listed

FEW = 60  # records that a filter offers to choose from; of more registers the address must name one
NONE = "-"  # in an address: nothing is filled in


class Filter(NamedTuple):
    """A column whose values can be chosen above a list."""

    column: models.Field
    options: list[tuple[str, str]]
    value: str


class Span(NamedTuple):
    """A date or number between two borders, as they were typed; either may be empty."""

    column: models.Field
    low: str
    high: str


class Total(NamedTuple):
    """The sum of a column over the whole list, and how many records lack it; nothing for a column that is not added up."""

    value: Decimal | None
    missing: int


class Listing:
    """The records of a register that one person may see, as an address asks for them."""

    def __init__(self, register: type[Record], user: User, asked: QueryDict):
        self.register, self.user, self.asked = register, user, asked
        self.order = asked.get("sort", "")
        self.filters = list(filters_of(register, asked, user))
        self.spans = list(spans_of(register, asked))

    @cached_property
    def columns(self) -> list[models.Field]:
        """Return the columns that are shown: those that the address names, the code always first; the usual ones in their own order."""
        usual, named = listed(self.register), {"code", *self.asked.getlist("columns")}
        if named in ({"code"}, {each.name for each in usual}):
            return usual
        return [each for each in columns_of(self.register) if each.name in named]

    @cached_property
    def rows(self) -> models.QuerySet:
        """Return the rows in their order."""
        rows = narrowed(self.register.objects.visible_to(self.user), self.asked, self.filters, self.spans)
        return ordered(rows, self.order)

    @cached_property
    def problems(self) -> list[str]:
        """Return a sentence for each border that cannot be read; it narrows nothing."""
        return [problem for span in self.spans for problem in _borders(span)[1]]

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the address asks for less than everything."""
        chosen = any(each.value for each in self.filters) or any(each.low or each.high for each in self.spans)
        return bool(chosen or self.asked.get("q", "").strip())

    @property
    def is_wide(self) -> bool:
        """Tell whether any of the further conditions is used, so that they are shown."""
        return any(each.low or each.high for each in self.spans)

    def totals(self, count: int) -> list[Total | None]:
        """Return for each shown column its sum over the whole list, for those that the register adds up; else nothing."""
        names = [each.name for each in self.columns if each.name in getattr(self.register, "totals", ())]
        if not names:
            return []
        asked = {f"{name}_{word}": of(name) for name in names for word, of in (("sum", Sum), ("count", Count))}
        try:
            found = self.rows.order_by().aggregate(**asked)
        except OperationalError:  # SQLite adds up to 64 bits: nine thousand of the greatest amounts
            found = self._added(names)
        return [
            Total(found[f"{each.name}_sum"], count - found[f"{each.name}_count"]) if each.name in names else None
            for each in self.columns]

    def _added(self, names: list[str]) -> dict[str, Any]:
        """Return sums and counts of the columns, added one by one."""
        sums, counts = dict.fromkeys(names, Decimal(0)), dict.fromkeys(names, 0)
        for row in self.rows.order_by().values_list(*names).iterator():
            for name, value in zip(names, row, strict=True):
                if value is not None:
                    sums[name], counts[name] = sums[name] + value, counts[name] + 1
        return {f"{name}_sum": sums[name] if counts[name] else None for name in names} | {f"{name}_count": counts[name] for name in names}

    @cached_property
    def kept(self) -> str:
        """Return the address's question without the page: what a saved view remembers."""
        asked = QueryDict(mutable=True)
        for name, texts in self.asked.lists():
            if name in self._words and any(texts):
                asked.setlist(name, texts)
        return asked.urlencode()

    @property
    def _words(self) -> set[str]:
        spans = {f"{each.column.name}-{border}" for each in self.spans for border in ("from", "to")}
        return {"q", "sort", "columns", *spans, *(each.column.name for each in self.filters)}


def columns_of(register: type[Record]) -> list[models.Field]:
    """Return every column that a list of the register may show, in the order of its form."""
    return [field_of(register, name) for name in dict.fromkeys(("code", *register.columns, *register.listed, "source"))]


def filters_of(register: type[Record], asked: Any, user: User | None = None) -> Iterator[Filter]:
    """Yield the columns with few values; a foreign key where the person may see few records, or where the address names one."""
    for each in dict.fromkeys((*(field_of(register, name) for name in register.columns), *listed(register))):
        value = asked.get(each.name, "")
        nothing = [(NONE, _("未填"))] if each.null or each.blank and not isinstance(each, models.BooleanField) else []
        if isinstance(each, models.BooleanField):
            yield Filter(each, [("True", _("是")), ("False", _("否"))], value)
        elif each.choices:
            yield Filter(each, [*((str(key), str(label)) for key, label in each.flatchoices if key != ""), *nothing], value)
        elif isinstance(each, models.ForeignKey) and (options := _records(each, value, user)):
            yield Filter(each, [*options, *nothing], value)


def _records(column: models.Field, value: str, user: User | None) -> list[tuple[str, str]]:
    """Return the records that a foreign key may be narrowed to: all that the person may see, if they are few."""
    options = [(value, f"#{value}")] if number(value) is not None else []
    if user is None:
        return options
    reader, rows = Reader(user), list(related(column).objects.visible_to(user).order_by("code")[:FEW + 1])
    if len(rows) <= FEW:
        few = [(str(row.pk), reader.text(row)) for row in rows]
        return few if value in ("", NONE) or value in dict(few) else [*few, *options]
    named = related(column).objects.filter(pk=value).first() if options else None
    return [(value, reader.text(named))] if named else options


def spans_of(register: type[Record], asked: Any) -> Iterator[Span]:
    """Yield the dates and numbers, with the borders that the address names."""
    for each in columns_of(register):
        if kind(each) in ("date", "number"):
            yield Span(each, asked.get(f"{each.name}-from", "").strip(), asked.get(f"{each.name}-to", "").strip())


def _borders(span: Span) -> tuple[Q, list[str]]:
    """Return the condition that a value may lie between the borders, and what is wrong with them."""
    condition, problems = Q(), []
    for text, lookup, end in ((span.low, "gte", "first"), (span.high, "lte", "last")):
        if text:
            try:
                condition &= Q(**{f"{span.column.name}__{lookup}": _border(span.column, text, end)})
            except (ValidationError, ValueError) as problem:
                told = "".join(getattr(problem, "messages", [str(problem)]))
                problems.append(_("「{label}」：{problem}").format(label=span.column.verbose_name, problem=told))
    return possible(condition, span.column.model), problems


def _border(column: models.Field, text: str, end: str) -> Any:
    """Return the first or last day of a date that was typed to the day, the month or the year, or the number."""
    if kind(column) == "date":
        return getattr(PartialDate.parse(text), end)
    if isinstance(column, ExactField):
        return input_of(column).clean(text)
    if (whole := number(text)) is None:
        raise ValueError(_("「{value}」不是数字，请只填数字。").format(value=text))
    return whole


def narrowed(rows: models.QuerySet, asked: Any, filters: Iterable[Filter] = (), spans: Iterable[Span] = ()) -> models.QuerySet:
    """Return the rows that hold the searched text, have the chosen values and lie between the borders."""
    for each in filters or filters_of(rows.model, asked):
        name = each.column.attname
        if each.value == NONE and (each.column.null or each.column.blank):
            rows = rows.filter(Q(**{f"{name}__isnull": True}) if each.column.null else Q(**{name: ""}))
        elif each.value in dict(each.options):
            rows = rows.filter(**{name: each.value})
    for span in spans or spans_of(rows.model, asked):
        if span.low or span.high:
            rows = rows.filter(_borders(span)[0])
    if word := asked.get("q", "").strip():
        texts = [each for each in rows.model._meta.concrete_fields if isinstance(each, models.CharField | models.TextField)]
        sought = ((f"{each.name}__icontains", word) for each in texts if kind(each) == "text" and not each.choices)
        rows = rows.filter(Q(*sought, _connector=Q.OR))
    return rows


def ordered(rows: models.QuerySet, order: str) -> models.QuerySet:
    """Return the rows in the order of a column, by default that of their codes; what lacks the fact comes last."""
    paths = {each.name: f"{each.name}__code" if isinstance(each, models.ForeignKey) else each.name
             for each in columns_of(rows.model) if kind(each) != "personal"}
    path = paths.get(order.removeprefix("-"))
    if path is None:
        return rows.order_by("code", "id")
    by = models.F(path)
    return rows.order_by(by.desc(nulls_last=True) if order.startswith("-") else by.asc(nulls_last=True), "id")


def in_words(listing: Listing) -> str:
    """Return in words what a list was narrowed to."""
    told = [f"{each.column.verbose_name}：{dict(each.options)[each.value]}" for each in listing.filters if each.value in dict(each.options)]
    for each in listing.spans:
        if (each.low or each.high) and not _borders(each)[1]:
            told.append(f"{each.column.verbose_name}：{each.low or '…'}—{each.high or '…'}")
    if word := listing.asked.get("q", "").strip():
        told.append(_("含「{word}」").format(word=word))
    return "，".join(told)

