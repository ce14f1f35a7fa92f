"""What the forms save people, and what they ask twice."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock
from kaifaqu.kernel.records import field_of
from kaifaqu.reporting.calls import definition_of
from kaifaqu.reporting.upper.models import NUMBER, CellKind, FormCell, FormFilling, UpperForm, column_of


@dataclass(frozen=True)
class Twice:
    """One thing that several forms ask: its name, and the cells, each with its form."""

    label: str
    cells: list[FormCell]


def filled_this_year(user: Any) -> tuple[int, int]:
    """Return how many cells were filled for people this year, in how many fillings, as far as the person may see them."""
    rows = FormFilling.objects.visible_to(user).filter(filled_on__year=clock.today().year)
    return rows.aggregate(all=Sum("count"))["all"] or 0, rows.count()


def asked_twice(user: Any) -> list[Twice]:
    """Return what two or more of the forms that the person may see ask for: the same figure, or the same fact of a register."""
    forms = {each.pk: each for each in UpperForm.objects.visible_to(user)}
    asked: dict[tuple, list[FormCell]] = defaultdict(list)
    labels: dict[tuple, str] = {}
    for cell in FormCell.objects.visible_to(user).filter(form__in=forms).order_by("form__code", "sheet", "id"):
        cell.form = forms[cell.form_id]
        for key, label in dict(_keys(cell)).items():
            asked[key].append(cell)
            labels.setdefault(key, label)
    found = [Twice(labels[key], cells) for key, cells in asked.items() if len({each.form_id for each in cells}) > 1]
    return sorted(found, key=lambda each: each.label)


def _keys(cell: FormCell) -> Iterator[tuple[tuple, str]]:
    """Yield what the cell asks for: of a figure the whole call, of a list or a field each column; texts are asked of nobody."""
    try:
        if cell.kind == CellKind.FIGURE:
            call = cell.call
            definition = definition_of(call.name)
            beside = "，".join(filter(None, (call.period, call.group, call.against)))
            yield (CellKind.FIGURE, definition.code, call.period, call.by, call.group, call.against), f"{definition.label}（{beside}）"
        elif cell.kind in (CellKind.LIST, CellKind.FIELD):
            model = cell.model
            paths = [path for _column, path in cell.down] if cell.kind == CellKind.LIST else [cell.fields.strip()]
            for path in paths:
                if path != NUMBER:
                    column, key = column_of(model, path)
                    source = model if key is None else key.related_model
                    yield (source.register, column.name), _("{register}的「{label}」").format(
                        register=source._meta.verbose_name, label=field_of(source, column.name).verbose_name)
    except (LookupError, ValueError):
        return
