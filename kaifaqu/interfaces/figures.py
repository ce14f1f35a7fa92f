"""A figure as other programs read it: numbers are decimal text, records are codes."""

from typing import Any

from kaifaqu.kernel import units
from kaifaqu.kernel.access import Party
from kaifaqu.kernel.figures import Figure


def as_dict(figure: Figure, *, records: bool = True, trace: bool = False) -> dict[str, Any]:
    """Return the figure as the command line and other programs read it; numbers are decimal text.

    `records` names the records by code; `trace` tells each with its register.
    """
    answer: dict[str, Any] = {
        "code": (figure.asked or figure.indicator).code,
        "label": str(figure.indicator.label),
        "definition": str(figure.indicator.basis),
        "period": str(figure.period),
        "scope": sorted(Party.objects.filter(id__in=figure.scope).values_list("code", flat=True)),
        "known": figure.world.known,
        "value": None if figure.value is None else units.text(figure.value),
        "unit": figure.indicator.unit,
        "display": figure.display,
        "data_date": figure.data_date and figure.data_date.isoformat(),
        "status": figure.status,
        "reason": figure.reason,
        "groups": [
            {"key": group.key, "label": group.label, "reason": group.reason,
             "value": None if group.value is None else units.text(group.value)} for group in figure.groups
        ],
        "records": [record.code for record in figure.records] if records else [],
    }
    if trace:
        answer["trace"] = [
            {"register": record.register, "code": record.code, "record": str(record)} for record in figure.records
        ]
    if figure.asked is not None and figure.asked is not figure.indicator:
        answer["variant"] = figure.indicator.code
    if figure.rule:
        answer["rule"] = figure.rule
    if figure.incomplete is not None:
        answer["incomplete"] = units.text(figure.incomplete)
    if figure.numerator is not None and figure.denominator is not None:
        answer |= {
            "numerator": as_dict(figure.numerator, records=records, trace=trace),
            "denominator": as_dict(figure.denominator, records=records, trace=trace),
        }
    return answer
