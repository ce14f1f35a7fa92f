"""Trials: a kind of rule whose content is tried on cases before a rule of it is published.

The room of the rule says how; here stands only that nobody publishes what he has not seen tried, and that an example which
the content does not answer as expected asks for a reason, as does what no example tries. It is not refused outright: a
later document may change what an example expects, and who could not publish would rather take the example away than say
why. The reason stands in the event.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.dated import DatedRule, RuleKind
from kaifaqu.pages import contents, domains
from kaifaqu.shapes.items import Words


class Proposal(NamedTuple):
    """What is tried: the content, what holds without it, for whom and from which day it would hold, who asks, and what he chose."""

    content: Any
    held: Any
    owner: Party
    since: date
    user: User
    asked: Mapping[str, str]


@dataclass(frozen=True)
class Tried:
    """What came of a trial: what its template shows, and a sentence for each example not answered as expected, or lacking."""

    template: str
    told: Mapping[str, Any]
    failing: list[str]
    seen: str = field(default="", compare=False)  # stands for the content and its answers, so that these are what was looked at


class Page(NamedTuple):
    """Where what is published is tried, too: the kind of rule, the name of the page's address, and what it is called."""

    kind: str
    route: str
    label: Words


_trials: dict[str, Callable[[Proposal], Tried]] = {}
_pages: dict[str, Page] = {}


def trial(kind: RuleKind, route: str, label: Words) -> Callable[[Callable[[Proposal], Tried]], Callable[[Proposal], Tried]]:
    """Declare the decorated function as the trial of a kind of rule, and the page on which it is shown of what is published."""

    def declare(run: Callable[[Proposal], Tried]) -> Callable[[Proposal], Tried]:
        _trials[kind.code], _pages[kind.code] = run, Page(kind.code, route, label)
        return run

    return declare


def pages() -> list[Page]:
    """Return the pages on which published rules are tried, of the kinds that are shown."""
    return [_pages[kind] for kind in domains.shown(_pages)]


def has_trial(kind: str) -> bool:
    """Tell whether rules of the kind are tried before they are published."""
    return kind in _trials and kind in domains.shown([kind])


def shown(form: Any, kind: str, held: Any) -> dict[str, Any]:
    """Return what the page of a form that is filled in shows of the trial; nothing where the kind has none."""
    if not has_trial(kind):
        return {}
    facts = form.cleaned_data
    owner, since = (facts.get(name) or getattr(form.record, name) for name in ("owner", "since"))
    found = _trials[kind](Proposal(contents.read(facts["content"]), held, owner, since, form.user, form.posted))
    return {"tried": Tried(found.template, found.told, found.failing, _digest(facts["content"], found.failing))}


def before(form: Any, kind: str, held: Any) -> dict[str, Any] | None:
    """Return what is to be seen before the form's rule is published; None where it was seen, and failing examples have a reason."""
    if not (found := shown(form, kind, held)):
        return None
    tried = found["tried"]
    if form.posted.get("tried") != tried.seen:
        form.add_error(None, _("请先看下面的试算，再办理一次。"))
    elif tried.failing and not form.cleaned_data.get("reason"):
        told = _("试算有 {count} 处不符：答复与应得的不同，或者还没有算例。请改正内容、补登算例；仍要发布的，请写明原因。")
        form.add_error("reason", told.format(count=len(tried.failing)))
    else:
        return None
    return found


def refuse_untried(rows: Iterable[Mapping[str, Any]]) -> None:
    """Raise ValidationError where the rows of a table bring a content that nobody would see tried."""
    contents_of = {(row["facts"].get("kind"), row["record"]) for row in rows if "content" in row["facts"]}
    kinds = {kind or DatedRule.objects.get(pk=record).kind for kind, record in contents_of}
    if tried := sorted(contents.label_of(kind) for kind in kinds if has_trial(kind)):
        raise ValidationError(_("「{kinds}」要先试算再发布，不能从表格导入；请在「制定新规则」里填写。").format(kinds="、".join(tried)))


def _digest(content: str, failing: Iterable[str]) -> str:
    return hashlib.sha256("\n".join([content, *failing]).encode()).hexdigest()
