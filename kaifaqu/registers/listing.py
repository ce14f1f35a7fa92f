"""Columns whose words stand in a table of a dated rule: which words there are, how one is chosen, and that no other is written."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.dated import RuleKind
from kaifaqu.kernel.records import Record, field_of
from kaifaqu.kernel.world import World
from kaifaqu.pages import manners


def listed(kind: RuleKind, table: str, owner_id: int, *days: date) -> dict[str, Any]:
    """Return the rows of the table, "" for all of them, in the owner's rules of the days, by default of today.

    Each word stands once, with the row of the first day that has it.
    """
    rows: dict[str, Any] = {}
    for day in days or (clock.today(),):
        content = dated.resolve(kind.code, owner_id, day, World()).content
        for each in content.values() if not table else [content.get(table, {})]:
            rows = rows | {word: row for word, row in each.items() if word not in rows}
    return rows


def refuse_unlisted(row: Any, column: str, kind: RuleKind, table: str, *days: date, of: str = "") -> None:
    """Raise ValidationError for a word that neither the rule of the days nor that of today has; what stands there already stays.

    `of` names the column whose day alone counts: where a number follows from the word, the rule of another day is no help.
    """
    word = getattr(row, column)
    if not word or row.archived_at is not None:
        return
    known = listed(kind, table, row.owner_id, *([getattr(row, of)] if of else [*days, clock.today()]))
    stands = {"pk": row.pk, column: word, **({of: getattr(row, of)} if of else {})}
    if word not in known and not (row.pk and type(row).objects.filter(**stands).exists()):
        raise ValidationError(_("没有「{label}」{word}。可选：{words}；要增加的，请改规则「{rule}」。").format(
            label=field_of(type(row), column).verbose_name, word=word, words="、".join(known), rule=kind.label))


def chosen(register: type[Record], column: str, kind: RuleKind, table: str) -> None:
    """Declare that the column is typed by choosing among the words that the owner's rule has today, and the one that stands there."""

    def typed(field: models.Field, form: Any) -> forms.ChoiceField:
        owners = [form.record.owner_id] if form.record else sorted(form.user.owners(form.action.right))
        words = dict.fromkeys(word for owner in owners for word in listed(kind, table, owner))
        if now := getattr(form.record, column, ""):
            words.setdefault(now)
        return forms.ChoiceField(
            label=field.verbose_name, help_text=field.help_text, required=not field.blank,
            choices=[("", "—"), *((word, word) for word in words)])

    manners.column(register, column, typed=typed)
