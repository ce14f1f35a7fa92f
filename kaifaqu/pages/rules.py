"""Pages of the dated rules: what holds for whom today, what comes next, and a new rule with what it would change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaifaqu.clocks.calendar import CALENDAR
from kaifaqu.clocks.rules import CLOCKS
from kaifaqu.kernel import access, clock, dated, indicators
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.dated import DatedRule, Resolved, RuleKind
from kaifaqu.kernel.figures import Figure, evaluate
from kaifaqu.kernel.indicators import Choice, Definition, Ratio
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import calendars, contents, domains, manners, trying
from kaifaqu.pages.asked import number
from kaifaqu.pages.calendars import Years
from kaifaqu.pages.forms import ActionForm
from kaifaqu.pages.spans import Span, span_of
from kaifaqu.pages.views import Request, action_named, demand, page_of, posted, work

Differences = list[tuple[str, str, str]]


class Laid(NamedTuple):
    """One rule that an owner laid down: how it stands today, in words, and item by item what it changed."""

    rule: DatedRule
    span: str
    words: str
    changed: Differences


@dataclass
class Standing:
    """How one owner stands with one kind of rule: the rule in force (none: the shipped default), those to come, and the past."""

    owner: Party
    now: Laid | None = None
    also: list[Laid] = field(default_factory=list)  # of a kind whose rules stand beside each other, those that hold as well
    ahead: list[Laid] = field(default_factory=list)
    past: list[Laid] = field(default_factory=list)
    may_make: bool = False


@login_required
@require_safe
def rules(request: Request) -> HttpResponse:
    """Show of each kind of rule what holds today for each owner, what comes next, and what was; or the shipped default."""
    demand(request.user, "rules.view")
    seen = request.user.owners("rules.view")
    own = DatedRule.objects.visible_to(request.user).values("owner_id")
    owners = Party.objects.filter(Q(pk__in=own) | Q(pk__in=access.scope() & seen)).order_by("code")
    page = page_of(request, owners)
    laid = list(DatedRule.objects.current().filter(owner_id__in=[each.pk for each in page]).order_by("since", "published_on", "id"))
    world, may_make = World(), request.user.owners("rules.edit")
    kinds = []
    for code in domains.shown(dated.kinds()):
        kind = dated.kinds()[code]
        of_kind = [rule for rule in laid if rule.kind == code]
        standings = list(_standings(kind, list(page), of_kind, world))
        for each in standings:
            each.may_make = each.owner.pk in may_make
        kinds.append((kind, contents.words(contents.text(kind.shipped().content), code), standings))
    return render(request, "pages/rules.html", {
        "kinds": kinds, "page": page, "model": DatedRule, "may_make": bool(may_make), "several": len(page) > 1,
        "others": len(seen) - owners.count(), "calendar": CALENDAR.code, "clocks": CLOCKS.code,
        "trials": trying.pages(),
        "calendars": [Years.of(owner, world) for owner in page if owner.pk in seen],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Lay down a rule: first its kind is chosen, then its facts, which begin as the rule that holds today; its effect is shown before."""
    action = action_named(DatedRule, "create", creates=True)
    demand(request.user, action.right)
    kind = dated.kinds().get(request.POST.get("kind") or request.GET.get("kind", ""))
    if kind is None:
        return render(request, "pages/rule_kinds.html", {
            "kinds": [dated.kinds()[each] for each in domains.shown(dated.kinds())], "model": DatedRule, "asked": request.GET})
    owner = _owner(request)
    held = _in_force(kind, owner, request.user)
    shape = contents.shape_of(kind.code)
    told: dict[str, Any] = {
        "kind": kind, "over": shape is not None and shape.over, "held": held,
        "words": contents.words(contents.text(held.content), kind.code), "has_trial": trying.has_trial(kind.code)}
    if kind is CALENDAR:
        form, more = calendars.notice_form(request, owner, action)
        told |= more
    else:
        content, replaced = contents.text(held.content), held.record and held.record.pk
        proposed = {"kind": kind.code, "owner": owner.pk, "content": content, "supersedes": replaced, **request.GET.dict()}
        form = ActionForm(action, request.user, None, posted(request), initial=proposed, drafted=False)
    if "preview" not in request.POST or form.is_unfinished or not form.is_valid():
        return work(request, form, "pages/rule_form.html", **told)
    try:
        told["effect"] = effect(form, kind, request.user)
        told |= trying.shown(form, kind.code, held.content)
    except ValidationError as refusal:
        form.refuse(refusal)
    return render(request, "pages/rule_form.html", {"form": form, "model": DatedRule, **told})


class Effect(NamedTuple):
    """What a planned rule changes: in its items, and in each figure that follows it, in a period in which it holds."""

    period: Period
    holds: bool  # at the end of the period
    changed: Differences
    figures: list[tuple[Figure, Figure]]


def effect(form: ActionForm, kind: RuleKind, user: User) -> Effect:
    """Return the figures under the rules as they are and under the planned one, which is written and taken back at once.

    Raise ValidationError where the rule cannot be written.
    """
    facts = form.cleaned_data
    owner, period = facts["owner"], _first_period(facts["since"], facts["published_on"] if facts["supersedes"] else facts["since"])
    asked = [(definition, period) for definition in following(kind)]
    held, now = _in_force(kind, owner, user, period.end), evaluate(asked, scope={owner}, user=user)
    with transaction.atomic():
        [rule] = commit([form.plan()], by=user)
        ruling, then = dated.resolve(kind.code, owner.pk, period.end, World()), evaluate(asked, scope={owner}, user=user)
        transaction.set_rollback(True)
    holds = _stands_beside(kind) or ruling.record is not None and ruling.record.pk == rule.pk
    before = facts["supersedes"] and contents.read(facts["supersedes"].content) if _stands_beside(kind) else held.content
    changed = _between(kind, before, contents.read(facts["content"]))
    return Effect(period, holds, changed, list(zip(now, then, strict=True)))


def following(kind: RuleKind) -> list[Definition]:
    """Return the definitions that follow the kind of rule, and the ratios that have one of them as a side."""
    catalogue = indicators.catalogue().values()
    direct = sorted((each for each in catalogue if each.rule == kind.code), key=lambda each: not isinstance(each, Choice | Ratio))
    over = [each for each in catalogue if isinstance(each, Ratio) and not each.rule and {each.numerator, each.denominator} & {*direct}]
    return [*direct, *over]


def _first_period(*days: date) -> Period:
    """Return the months of the year to date, of today or of the later day from which a rule holds."""
    return Period.parse(f"{max(clock.today(), *days):%Y-01..%m}")


def _in_force(kind: RuleKind, owner: Party, user: User, on: date | None = None) -> Resolved:
    """Return the rule that holds for the owner; to a person who may not look at the owner's rules, the shipped default."""
    if not user.may("rules.view", owner.pk):
        return kind.shipped()
    return dated.resolve(kind.code, owner.pk, on or clock.today(), World())


def _owner(request: Request) -> Party:
    """Return the owner that is asked for, if the person may lay down its rules, else the first of those."""
    owners = Party.objects.current().filter(pk__in=request.user.owners("rules.edit")).order_by("code")
    asked = number(request.POST.get("owner") or request.GET.get("owner", ""))
    found = owners.filter(pk=asked or 0).first() or owners.first()
    if found is None:
        raise ValidationError(_("没有可以制定规则的单位。"))
    return found


def _standings(kind: RuleKind, owners: Iterable[Party], laid: list[DatedRule], world: World) -> Iterator[Standing]:
    """Yield how each owner stands with the kind; the rules have been read for all kinds at once, the kernel says which hold."""
    world.once((DatedRule, kind.code), lambda: [Resolved(contents.read(rule.content), rule.source_document, rule) for rule in laid])
    today = clock.today()
    held = dated.resolve_all(kind.code, today, world)
    for owner in owners:
        found, now = Standing(owner), held.get(owner.pk)
        mine = [rule for rule in laid if rule.owner_id == owner.pk]
        for rule in mine:
            span = span_of(rule, today)
            told = Laid(rule, span, contents.words(rule.content, kind.code), changes(rule, mine))
            if not _holds(rule, mine, now.record if now else None):
                (found.ahead if span == Span.AHEAD else found.past).append(told)
            elif found.now is None:
                found.now = told
            else:
                found.also.append(told)
        found.past.reverse()
        yield found


def _stands_beside(kind: RuleKind) -> bool:
    shape = contents.shape_of(kind.code)
    return shape is not None and shape.beside


def _holds(rule: DatedRule, among: Iterable[DatedRule], held: DatedRule | None) -> bool:
    """Tell whether the rule holds today: it is the one that is held, or stands beside others and none supersedes it."""
    if not _stands_beside(dated.kinds()[rule.kind]):
        return held is not None and held.pk == rule.pk
    today = clock.today()
    superseded = any(each.supersedes_id == rule.pk and each.published_on <= today for each in among)
    return rule.published_on <= today and span_of(rule, today) != Span.ENDED and not superseded


def changes(rule: DatedRule, among: Iterable[DatedRule]) -> Differences:
    """Return item by item what the rule changed, against the one before it or the shipped default."""
    kind, before = dated.kinds()[rule.kind], _before(rule, among)
    shipped = None if _stands_beside(kind) else kind.shipped().content
    return _between(kind, contents.read(before.content) if before else shipped, contents.read(rule.content))


def _before(rule: DatedRule, among: Iterable[DatedRule]) -> DatedRule | None:
    """Return the rule that this one supersedes, else, where one takes another's place, the one that began before it."""
    earlier = [each for each in among if each.pk != rule.pk and each.since <= rule.since]
    last = earlier[-1] if earlier and not _stands_beside(dated.kinds()[rule.kind]) else None
    return next((each for each in among if each.pk == rule.supersedes_id), last)


def _between(kind: RuleKind, before: Any, after: Any) -> Differences:
    """Return the differences of two contents; of a kind that is laid over the shipped default, of what holds under them."""
    shape = contents.shape_of(kind.code)
    if shape is None:
        return []
    shipped = kind.shipped().content if shape.over else {}
    one, other = ({**shipped, **each} if shape.over and isinstance(each, dict) else each for each in (before, after))
    return shape.differences(one, other)


def _panel(user: User, rule: DatedRule) -> dict[str, Any] | None:
    """Return what a rule's page tells besides its facts: what it changed, what follows it, and how it stands today."""
    kind = dated.kinds().get(rule.kind)
    if kind is None:
        return None
    among = list(DatedRule.objects.current().filter(kind=rule.kind, owner_id=rule.owner_id).order_by("since", "published_on", "id"))
    held = dated.resolve(rule.kind, rule.owner_id, clock.today(), World()).record
    return {
        "kind": kind, "changed": changes(rule, among), "first": _before(rule, among) is None, "beside": _stands_beside(kind),
        "followers": [each for each in among if each.supersedes_id == rule.pk], "figures": following(kind),
        "span": span_of(rule, clock.today()), "holds": _holds(rule, among, held),
    }  # fmt: skip


def _tried_first(form: ActionForm) -> dict[str, Any] | None:
    """Return the trial that is to be seen before a content is published that is new, or None."""
    facts, rule = form.cleaned_data, form.record
    if form.action.verb not in ("create", "correct") or isinstance(rule, DatedRule) and facts.get("content", rule.content) == rule.content:
        return None
    kind = rule.kind if isinstance(rule, DatedRule) else facts["kind"]
    owner = facts["owner"] if rule is None else rule.owner
    return trying.before(form, kind, _in_force(dated.kinds()[kind], owner, form.user).content) if trying.has_trial(kind) else None


def declare() -> None:
    """Show on a rule's page what it changed, and before one is published how its kind is tried."""
    manners.first(DatedRule)(_tried_first)
    manners.panel(DatedRule, "pages/_rule.html", replaces=("rules.supersedes",))(_panel)
