"""How an application goes on: with whom it is, since when, how long each had it, and by when the scheme wants it done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.models import (
    ACCEPTED,
    PASSED,
    REFUSED,
    RESUBMITTED,
    RETURNED,
    Office,
    SubsidyApplication,
    SubsidyPayment,
    SubsidyStep,
)
from kaifaqu.domains.subsidies.schemes import Terms


class Phase(models.TextChoices):
    """What is waited for; `limit` names the days that a scheme gives for it."""

    ACCEPTANCE = "acceptance_days", _("等待受理")
    REVIEW = "review_days", _("等待审核")
    CORRECTION = "", _("等待补正")
    PAYMENT = "payment_days", _("等待拨付")


AFTER = {"": Phase.ACCEPTANCE, ACCEPTED: Phase.REVIEW, RETURNED: Phase.CORRECTION, RESUBMITTED: Phase.REVIEW, PASSED: Phase.PAYMENT}
USUAL = {Phase.ACCEPTANCE: Office.COMMERCE, Phase.REVIEW: Office.COMMERCE, Phase.PAYMENT: Office.FINANCE}


@dataclass(frozen=True)
class Stretch:
    """The days between two steps: what was waited for, with whom it was, and how many days the scheme gives for it."""

    phase: Phase
    office: str
    since: date
    until: date | None
    days: int
    limit: int | None

    @property
    def due(self) -> date | None:
        """Return the day by which it is to be done."""
        return self.since + timedelta(days=self.limit) if self.limit else None

    @property
    def is_late(self) -> bool:
        """Tell whether it took, or has taken by now, longer than the scheme gives."""
        return self.limit is not None and self.days > self.limit


def stretches(
    application: SubsidyApplication, steps: Iterable[SubsidyStep], payments: Iterable[SubsidyPayment], today: date, terms: Terms | None,
) -> Iterator[Stretch]:
    """Yield the stretches from the submission on; the last one is open until it is refused or first paid.

    Whoever took the step at a stretch's end had it until then; an open one is with whom it usually is. Steps are in order.
    """
    state, since, was_accepted = "", application.submitted_on, False
    for step in steps:
        phase = Phase.REVIEW if state == PASSED else _phase(state, was_accepted)  # what one office passed another still looked at
        yield _stretch(phase, step.office, since, step.taken_on, today, terms)
        state, since, was_accepted = step.state, step.taken_on, was_accepted or step.state == ACCEPTED
    if state != REFUSED:
        paid_on = min((each.paid_on for each in payments), default=None)
        phase = _phase(state, was_accepted)
        if paid_on is None or (state == PASSED and since <= paid_on):
            yield _stretch(phase, USUAL.get(phase, ""), since, paid_on, today, terms)


def _phase(state: str, was_accepted: bool) -> Phase:
    """Return what is waited for after a step; what was sent back before it was accepted waits for that again."""
    return Phase.ACCEPTANCE if state == RESUBMITTED and not was_accepted else AFTER[state]


def _stretch(phase: Phase, office: str, since: date, until: date | None, today: date, terms: Terms | None) -> Stretch:
    whose = _t("申请人") if phase == Phase.CORRECTION else str(Office(office).label)
    limit = terms.get(phase.value) if terms and phase.value else None
    return Stretch(phase, whose, since, until, ((until or today) - since).days, limit)


def by_office(found: Iterable[Stretch]) -> dict[tuple[str, str], int]:
    """Return how many days each had it in all, by office and what was waited for."""
    days: dict[tuple[str, str], int] = {}
    for each in found:
        key = each.office, str(each.phase.label)
        days[key] = days.get(key, 0) + each.days
    return days


def state_of(steps: list[Any], payments: list[Any]) -> str:
    """Return in a word how it stands."""
    if payments and (not steps or steps[-1].state == PASSED):
        return _t("已发放")
    return steps[-1].get_state_display() if steps else _t("已提交")
