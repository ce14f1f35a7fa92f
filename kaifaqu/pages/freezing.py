"""Freezing: a figure as one document or meeting keeps it, with everything that tells where it came from, readable for years."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import override

from kaifaqu.kernel import units
from kaifaqu.kernel.access import User
from kaifaqu.kernel.figures import Figure
from kaifaqu.kernel.indicators import Definition, Indicator
from kaifaqu.pages import domains
from kaifaqu.pages.grouping import narrowed
from kaifaqu.pages.reading import Reader, Table

LANGUAGE = "zh-hans"  # what is frozen is written in one language, whoever looks
MOST = 200  # records of one number on its page


@dataclass
class Number:
    """One number of a document and where it comes from, frozen; exact values are decimal text.

    `shown` is how it stands in the text; `scope` are the codes of the parties whose records it counts, `owners` their
    names. `records` are the rows behind it as they were known at event `known`: register, id, code and the event that
    wrote this version; of a ratio those of both sides. `base` is what a change was measured against. A fact of a record
    that stands in a list has no `code` and no value. `problem` says why there is no number; such a document cannot be issued,
    unless a condition asked it only (`is_written` is false).
    """

    code: str
    label: str
    basis: str
    unit: str
    period: str
    period_label: str
    scope: list[str]
    owners: list[str]
    known: int
    shown: str
    value: str | None = None
    against: str = ""
    base: str | None = None
    by: str = ""
    group: str = ""
    style: str = ""
    variant: str = ""
    rule: str = ""
    data_date: str | None = None
    status: str = ""
    records: list[list[Any]] = field(default_factory=list)
    sides: list[list[str]] = field(default_factory=list)  # of a ratio: label, value and unit of numerator and denominator
    problem: str = ""
    is_written: bool = True


def traced(figure: Figure, definition: Definition, owners: Mapping[str, str], known: int, group: str = "") -> Number:
    """Return a number with everything that tells where it comes from, still without its value and data date.

    `definition` is the one that was asked for, `owners` the parties in scope: code and name.
    """
    period, meant = figure.period, figure.indicator
    with override(LANGUAGE):
        return Number(
            code=definition.code, label=str(meant.label), basis=str(meant.basis), unit=meant.unit, period=period.text,
            period_label=period.label, scope=[*owners], owners=[*owners.values()], known=known, shown="",
            by=figure.by.code if figure.by else "", group=group, variant=meant.code if meant is not definition else "",
            rule=figure.rule, status=figure.status, records=behind(narrowed(figure, group) if group else figure),
            sides=[
                [str(each.indicator.label), "" if each.value is None else units.text(each.value), each.indicator.unit]
                for each in (figure.numerator, figure.denominator) if each is not None],
        )  # fmt: skip


def behind(figure: Figure) -> list[list[Any]]:
    """Return the rows behind a figure: register, id, code and the event that wrote the version.

    Of a ratio both sides, each row once; none where the records are closed.
    """
    if figure.closed:
        return []
    if figure.numerator is not None and figure.denominator is not None:
        both = [*behind(figure.numerator), *behind(figure.denominator)]
        return [list(each) for each in dict.fromkeys(map(tuple, both))]
    rows = figure.rows
    if rows is None or not isinstance(figure.indicator, Indicator):
        return []
    seq = "seq" if figure.world.known else "id"
    return [[figure.indicator.register.register, *each] for each in rows.values_list("id", "code", seq)]


def tables_of(told: Number, user: User) -> tuple[list[Table], int]:
    """Return the records behind a number as they were known, a table for each register, and how many others there are.

    Those are records that the person may not see, that a page has no room for, or whose register this version no longer has.
    """
    tables, hidden = [], 0
    for name in dict.fromkeys(each[0] for each in told.records):
        wanted = [each for each in told.records if each[0] == name]
        if (register := domains.registers().get(name)) is None:
            hidden += len(wanted)
            continue
        seen = register.Version.objects.filter(seq__in=[each[3] for each in wanted], owner_id__in=user.owners(register.right_to("view")))
        rows = list(seen.order_by("code", "id")[:MOST])
        hidden += len(wanted) - len(rows)
        if rows:
            tables.append(replace(Reader(user).table(register, rows), known=told.known))
    return tables, hidden


def source_of(told: Number) -> str:
    """Return the address of the figure as it was known, or of the record whose fact it is; "" where there is neither."""
    if told.code in domains.catalogue():
        asked = {
            "period": told.period, "by": told.by, "group": told.group, "scope": ",".join(told.scope), "known": f"#{told.known}"}
        return f"{reverse('figure', args=[told.code])}?{urlencode({name: text for name, text in asked.items() if text})}"
    return f"{reverse('record', args=told.records[0][:2])}?known=%23{told.known}" if len(told.records) == 1 else ""
