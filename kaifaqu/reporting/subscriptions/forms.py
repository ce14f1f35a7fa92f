"""How a subscription is typed and told, and the form in which a person makes or changes his own."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from kaifaqu.kernel import actions
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import domains, manners
from kaifaqu.pages.forms import ActionForm
from kaifaqu.reporting.subscriptions.actions import OWN
from kaifaqu.reporting.subscriptions.models import Rhythm, Subscription, figure_name

WORDS = ("累计", "本月", "上月", "本年", "上年")  # what a period of a page is taken for, the first that means it
LEFT_OUT = ("owner", "code", "reason")  # of the generic form: nobody is asked why he wants to know something
OF_FIGURES = ("figure", "period", "by", "group", "scope", "rhythm", "day", "side", "border")


def declare() -> None:
    """Let figures and groupings be chosen by their names, and a figure be told by its name."""
    manners.column(Subscription, "figure", typed=_figures, told=_figure, brief=_figure)
    manners.column(Subscription, "by", typed=_groupings)


def _figures(column: models.Field, form: Any) -> forms.Field:
    choices = [(code, str(each.label)) for code, each in domains.catalogue().items()]
    return forms.ChoiceField(label=column.verbose_name, choices=[("", "—"), *sorted(choices, key=lambda each: each[0])])


def _groupings(column: models.Field, form: Any) -> forms.Field:
    found = {each.code: str(each.label) for definition in domains.catalogue().values() for each in definition.by}
    return forms.ChoiceField(label=column.verbose_name, choices=[("", "—"), *found.items()])


def _figure(value: Any, row: Any) -> str:
    return figure_name(value) if value else ""


class OwnForm(ActionForm):
    """The form of the person's own subscription, a new one where there is none; of a figure or a brief only what belongs to it."""

    def __init__(self, user: User, subscription: Subscription | None, posted: Any = None, *, initial: Any = ()):
        verb = "correct" if subscription else "create"
        super().__init__(
            actions.find(Subscription.right_to(verb)), user, subscription, posted, initial=initial, drafted=False)
        of_brief = bool(self.initial.get("brief"))
        other = OF_FIGURES if of_brief else ("brief",) if self.initial.get("figure") else ()
        for name in (*LEFT_OUT, *other):
            self.fields.pop(name, None)
        self.given = {"rhythm": Rhythm.CHANGED} if of_brief and not subscription else {}

    def plan(self) -> Change:
        """Return what the action plans. Raise what the action raises."""
        reason = {"reason": _("本人更改")} if self.record else {}
        subject = self.record or owner_of(self.user)
        return self.action.plan(subject, by=self.user, version=self.version, facts={**self.told()["facts"], **self.given}, **reason)  # type: ignore[return-value]


def owner_of(user: User) -> Party:
    """Return the party whose the person's subscriptions are: his own, or the first in which he has the right to subscribe."""
    owners = user.owners(OWN)
    pk = user.owner_id if user.owner_id in owners else min(owners)
    return Party.objects.get(pk=pk)


def begun_with(asked: dict[str, str]) -> dict[str, str]:
    """Return how the form begins when it is opened from a figure's page, whose period becomes the word that means it."""
    begun = {name: text for name, text in asked.items() if name in Subscription.columns and text}
    if "period" in begun:
        begun["period"] = _in_words(begun["period"])
    return begun


def _in_words(text: str) -> str:
    for word in WORDS:
        try:
            if Subscription(period=word).period_now() == Period.parse(text):
                return word
        except ValueError:
            break
    return text
