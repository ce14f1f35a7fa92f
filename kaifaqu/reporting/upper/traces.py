"""Traces: what stood in each cell of a filling and where it came from, kept as a file; and what changed between two fillings."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from kaifaqu.files import store
from kaifaqu.kernel import units
from kaifaqu.kernel.records import registers
from kaifaqu.reporting.document import Number
from kaifaqu.reporting.upper.asking import Answer, Answers, Rows
from kaifaqu.reporting.upper.models import CellKind, FormFilling
from kaifaqu.reporting.upper.sheet import reference

NAMED = 12  # records named in an explanation


@dataclass
class Trace:
    """One cell of a filling as it was kept: its value as text, or why it was empty, and what it came from."""

    sheet: str
    row: int
    column: int
    heading: str
    kind: str
    label: str
    basis: str
    shown: str
    value: str
    reason: str
    number: Number | None
    records: Rows

    @property
    def reference(self) -> str:
        """Return the cell's name."""
        return reference((self.row, self.column))

    @property
    def key(self) -> tuple[str, int, int]:
        """Return what tells the cell from all others."""
        return self.sheet, self.row, self.column

    @property
    def is_blank(self) -> bool:
        """Tell whether the cell was left over from a list, and only emptied."""
        return not self.label


@dataclass
class Filled:
    """A filling as it was kept: its period, the event as of which it was known, and its cells."""

    period: str
    period_label: str
    known: int
    cells: list[Trace] = field(default_factory=list)


def written(told: Answers) -> bytes:
    """Return the traces as a file: JSON, the records of each cell told once."""
    pools: dict[str, int] = {}
    cells = [_cell(each, pools) for each in told.cells]
    head = _json({
        "form": told.form.code, "period": told.period.text, "period_label": told.period.label, "known": told.known, "cells": cells,
    })  # fmt: skip
    return f'{head[:-1]},"records":[{",".join(pools)}]}}'.encode()  # millions of rows, of which each is told once already


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _cell(each: Answer, pools: dict[str, int]) -> dict[str, Any]:
    key = _json(each.records)
    number = asdict(replace(each.number, records=[])) if each.number else None  # they stand beside
    return {
        "sheet": each.sheet, "row": each.place[0], "column": each.place[1], "heading": each.heading, "kind": each.kind,
        "label": each.label, "basis": each.basis, "shown": each.shown, "reason": each.reason, "number": number,
        "value": units.text(each.value) if isinstance(each.value, Decimal) else each.value or "",
        "records": pools.setdefault(key, len(pools)),
    }  # fmt: skip


def of(filling: FormFilling) -> Filled:
    """Return the traces of a filling. Raise ValidationError where the store has lost them."""
    try:
        with store.open(filling.traces) as file:
            told = json.load(file)
    except LookupError as problem:
        raise ValidationError(problem.args[0]) from None
    pools = told["records"]
    cells = [
        Trace(**{**each, "records": pools[each["records"]], "number": Number(**each["number"]) if each["number"] else None})
        for each in told["cells"]]
    return Filled(told["period"], told["period_label"], told["known"], cells)


def before(filling: FormFilling) -> FormFilling | None:
    """Return the filling of the form that this one is compared with: the last before it, of an earlier period if there is one."""
    rows = FormFilling.objects.current().filter(form_id=filling.form_id, id__lt=filling.pk).order_by("-id")
    return rows.exclude(period=filling.period).first() or rows.first()


@dataclass(frozen=True)
class Difference:
    """One cell whose value is another than last time, and why: the records that came, went and changed."""

    now: Trace
    then: Trace | None
    why: str


def compared(now: Filled, then: Filled) -> list[Difference]:
    """Return the cells of which the value is another, or is missing now and was not, or the other way round."""
    held = {each.key: each for each in then.cells}
    found = []
    for each in now.cells:
        other = held.get(each.key)
        if (other.shown if other else "") != each.shown:
            found.append(Difference(each, other, _why(each, other, then)))
    return found


def _why(now: Trace, then: Trace | None, last: Filled) -> str:
    """Return in words why a cell has another value than last time."""
    if then is None:
        return _("上次没有指这一格")
    parts = [_("缺数：{reason}").format(reason=now.reason)] if now.reason else []
    if then.reason:
        parts.append(_("上次缺数"))
    if now.label != then.label:
        parts.append(_("上次填的是「{label}」").format(label=then.label or "—"))
    parts += moved(now.records, then.records)
    if now.kind == CellKind.FIGURE and not parts:
        parts.append(_("记录没有变，期间不同（上次 {period}）").format(period=last.period_label))
    return "；".join(parts) or _("内容不同")


def moved(now: Rows, then: Rows) -> list[str]:
    """Return which records came, went, and are of another version, in words."""
    new, old = ({(each[0], each[1]): each for each in rows} for rows in (now, then))
    told = (
        (_("增加"), [each for key, each in new.items() if key not in old]),
        (_("减少"), [each for key, each in old.items() if key not in new]),
        (_("有更正"), [each for key, each in new.items() if key in old and old[key][3] != each[3]]),
    )
    return [_("{what} {count} 条（{codes}）").format(what=what, count=len(rows), codes=codes_of(rows)) for what, rows in told if rows]


def codes_of(rows: Iterable[list[Any]]) -> str:
    """Return the codes of records, the first ones by name and of the rest how many."""
    codes = [str(each[2]) for each in rows]
    return "、".join(codes[:NAMED]) + (_(" 等 {count} 条").format(count=len(codes)) if len(codes) > NAMED else "")


def corrected_since(told: Filled) -> list[str]:
    """Return the codes of records behind a filling that have been written again since it was made."""
    ids: dict[str, dict[int, Any]] = {}
    for each in told.cells:
        for register, pk, code, seq in each.records:
            ids.setdefault(register, {})[pk] = (code, seq)
    found = []
    for register, known in ids.items():
        if register in registers():
            rows = registers()[register].Version.objects.filter(id__in=known).values("id").annotate(last=Max("seq"))
            found += [known[each["id"]][0] for each in rows if each["last"] > told.known]
    return sorted(found)
