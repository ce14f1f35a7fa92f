"""How the items of a package are chosen in a form, and told in words."""

from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.domains.reforms.catalogue import Item, catalogue_of
from kaifaqu.domains.reforms.packages import Package
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party
from kaifaqu.pages import manners
from kaifaqu.pages.rights import Boxes


class ItemsInput(forms.CharField):
    """Items of a catalogue, a box each, in groups by phase; the value is their codes in one order."""

    def __init__(self, catalogue: dict[str, Item], **options: Any):
        self.codes = [*catalogue]
        names = dict(Party.objects.current().filter(code__in={each.body for each in catalogue.values()}).values_list("code", "name"))
        phases: dict[str, list[tuple[str, str]]] = {}
        for each in catalogue.values():
            told = _("{item}（{body}，承诺 {promised} 日）").format(
                item=each.label, body=names.get(each.body, each.body), promised=each.promised)
            phases.setdefault(each.phase, []).append((each.code, told))
        super().__init__(widget=Boxes(choices=list(phases.items())), **options)

    def to_python(self, value: Any) -> str:
        """Return the codes as they are stored; those that the catalogue does not have stay, for the action to refuse."""
        chosen = str(value or "").split()
        known = [code for code in self.codes if code in chosen]
        return " ".join([*known, *(each for each in chosen if each not in known)])

    def prepare_value(self, value: Any) -> str:
        """Return the text by which two editors are compared."""
        return self.to_python(value)


def _typed(column: models.Field, form: Any) -> forms.Field:
    owner, on = (form.record.owner, form.record.entrusted_on) if form.record else _typed_so_far(form)
    catalogue = catalogue_of(owner.pk, on) if owner else {}
    told = _("这是{owner}在 {day} 的事项目录；委托日期的目录不同的，提交时会列出。").format(owner=owner, day=on) if owner else ""
    return ItemsInput(catalogue, label=column.verbose_name, help_text=f"{column.help_text}。{told}")


def _typed_so_far(form: Any) -> tuple[Party | None, date]:
    """Return the owner and the day of entrusting as the form has them: those of which the action will take the catalogue."""
    typed = {"owner": form.fields["owner"], "entrusted_on": forms.DateField(required=False)}
    found: dict[str, Any] = {"owner": typed["owner"].queryset.first(), "entrusted_on": clock.today()}
    for name, field in typed.items():
        with suppress(ValidationError):
            found[name] = field.clean(form.posted.get(name)) or found[name]
    return found["owner"], found["entrusted_on"]


def _told(codes: str, row: Any) -> str:
    """Return the chosen items by name, as the catalogue of the day of entrusting has them."""
    if row is None or not codes or not row.entrusted_on:
        return codes
    known = catalogue_of(row.owner_id, date.fromisoformat(f"{row.entrusted_on}"))  # text in the facts of an event
    return "、".join(known[code].label if code in known else code for code in codes.split())


manners.column(Package, "chosen", typed=_typed, told=_told)
