"""The table in which a target is split: a column for the zone and for each department, a row for the year and each month."""

import secrets
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import actions, events
from kaifaqu.kernel.access import Below, Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.records import field_of
from kaifaqu.pages.asked import number
from kaifaqu.pages.inputs import AmountInput
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.targets.models import MONTHS, TargetShare, YearlyTarget

YEAR = 0  # the row of the whole year, and the column of the whole zone


class SplitForm(forms.Form):
    """The parts of one target as one table; the cell of year and zone is the target itself and not typed."""

    def __init__(self, target: YearlyTarget, *posted: Any, **options: Any):
        super().__init__(*posted, **{"label_suffix": "", **options})
        self.target, self.token = target, secrets.token_urlsafe(16)
        self.known = (number(self.data.get("known", "")) or 0) if self.is_bound else events.last_seq()
        self.departments = departments_of(target)
        self.held = {(each.department_id or YEAR, each.month or YEAR): each.amount
                     for each in TargetShare.objects.current().filter(target=target)}
        self.has_begun = bool(self.held)
        for department, month in self._cells():
            self.fields[_name(department, month)] = AmountInput(
                column=field_of(TargetShare, "amount"), required=False, initial=self.held.get((department, month)),
                label=self._label(department, month))
        self.fields["reason"] = forms.CharField(
            label=_("原因"), max_length=200, required=False, help_text=_("改动已有的分解时必填"))
        for name, field in self.fields.items():
            if name != "reason":
                field.widget.attrs |= {"size": 8, "aria-label": str(field.label)}

    def _cells(self) -> Iterator[tuple[int, int]]:
        for month in (YEAR, *dict(MONTHS)):
            for department in (YEAR, *(each.pk for each in self.departments)):
                if (department, month) != (YEAR, YEAR):
                    yield department, month

    def _label(self, department: int, month: int) -> str:
        columns = {YEAR: str(_("全区")), **{each.pk: str(each) for each in self.departments}}
        return f"{columns[department]} {dict(MONTHS).get(month, _('全年'))}"

    @property
    def rows(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield the rows of the table: what each is called, and its fields, nothing in place of the target itself."""
        for month in (YEAR, *dict(MONTHS)):
            cells = [None if (department, month) == (YEAR, YEAR) else self[_name(department, month)]
                     for department in (YEAR, *(each.pk for each in self.departments))]
            yield str(dict(MONTHS).get(month, _("全年"))), cells

    @property
    def wrong(self) -> list[str]:
        """Return what is wrong with single cells, each with its name."""
        return [f"{self.fields[name].label}：{text}" for name, texts in self.errors.items() if name in self.fields for text in texts]

    def act(self, user: User) -> YearlyTarget:
        """Write the parts as they were typed, and return their target. Raise ValidationError with what is wrong."""
        parties: dict[int, Party | None] = {YEAR: None, **{each.pk: each for each in self.departments}}
        parts = [(parties[department], month or None, self.cleaned_data[_name(department, month)]) for department, month in self._cells()]
        commit([actions.find("target_shares.split").plan(
            self.target, by=user, version=self.target.row_version, parts=parts, known=self.known,
            reason=self.cleaned_data["reason"])], by=user)
        return self.target


def departments_of(target: YearlyTarget) -> list[Party]:
    """Return the departments among which a target may be split: the parties below its owner that are no enterprise."""
    below = Below().of(target.owner_id) - {target.owner_id}
    firms = Enterprise.objects.current().exclude(party=None).values("party_id")
    return list(Party.objects.current().filter(pk__in=below).exclude(pk__in=firms).order_by("code"))


def _name(department: int, month: int) -> str:
    return f"part-{department}-{month}"
