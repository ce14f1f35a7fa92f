"""What other records stand on: it does not go away under them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel.records import Record

TOLD = 5  # records of one register that a refusal names


def refuse_leaving(written: list[Any]) -> None:
    """Raise ValidationError for archived rows to which records still point that are not; one statement a column that may."""
    if gone := {each.pk: each for each in written if each.archived_at is not None}:
        problems = [problem for register, name in _pointing(type(written[0])) for problem in _standing(register, name, gone)]
        if problems:
            raise ValidationError(problems)


def _pointing(register: type[Record]) -> Iterator[tuple[type[Record], str]]:
    fields: Iterable[Any] = register._meta.get_fields(include_hidden=True)  # hidden is what nobody reads from this side: "+"
    for each in fields:
        if each.one_to_many and each.auto_created and issubclass(each.related_model, Record):
            yield each.related_model, each.field.name


def _standing(register: type[Record], name: str, gone: dict[int, Any]) -> Iterator[str]:
    standing: dict[int, list[str]] = {}
    rows = register.objects.current().filter(**{f"{name}__in": gone}).order_by("code", "id")
    for pk, code in rows.values_list(f"{name}_id", "code"):
        standing.setdefault(pk, []).append(code)
    for pk, codes in standing.items():
        more = _("等 {count} 条").format(count=len(codes)) if len(codes) > TOLD else ""
        yield _("{record} 上还有{label} {codes}{more}，请先归档或改到别处，再归档它。").format(
            record=gone[pk], label=register._meta.verbose_name, codes="、".join(codes[:TOLD]), more=more)
