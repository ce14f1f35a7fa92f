"""What is told: a figure as it stands for one reader, in words to copy, and a brief that was issued."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kaifaqu.kernel import clock, indicators, units
from kaifaqu.kernel.access import Installation, User
from kaifaqu.kernel.figures import NOT_COMPUTABLE, REFUSED, Figure
from kaifaqu.reporting.subscriptions.models import Level, Mail, Notice, Side, Standing, Subscription, figure_name

KNOWN, MISSING, CLOSED, BROKEN = "known", "missing", "refused", "broken"  # how a figure answers its subscriber
TITLE = 200
BREAKS = "\u2028\u2029"  # of lines, though no control characters
READ_BRIEFS = "briefs.view"  # the right without which a brief is not told


@dataclass
class Seen:
    """A subscription's figure as its person may see it now; where it has no value, `problem` says why."""

    state: str
    label: str
    period: str = ""
    period_label: str = ""
    value: Decimal | None = None
    shown: str = ""
    unit: str = ""
    problem: str = ""
    data_date: date | None = None
    address: str = ""

    @property
    def text(self) -> str:
        """Return the exact value as text; nothing where there is none."""
        return "" if self.value is None else units.text(self.value)


def look(subscription: Subscription, user: User) -> Seen:
    """Return the figure of a subscription today, with the rights that the person has today."""
    label = " ".join(filter(None, (figure_name(subscription.figure), subscription.group)))
    try:
        definition = indicators.find(subscription.figure)
        period, scope = subscription.period_now(), subscription.scope_now()
        by = indicators.dimension(definition, subscription.by) if subscription.by else None
    except (LookupError, ValueError) as problem:
        return Seen(BROKEN, label, problem=str(problem.args[0]), address=reverse("subscriptions"))
    figure = definition.figure(period, scope=scope, by=by, user=user)
    asked = {"period": period.text, "by": subscription.by, "scope": subscription.scope}
    query = urlencode({name: text for name, text in asked.items() if text})
    seen = Seen(KNOWN, label, period.text, period.label, address=f"{reverse('figure', args=[definition.code])}?{query}")
    if figure.status == REFUSED:
        seen.state, seen.problem = CLOSED, figure.reason
        return seen
    seen.data_date = None if figure.closed else figure.data_date
    seen.value, seen.problem = _value(figure, subscription.group)
    if seen.value is None:
        seen.state = MISSING
    else:
        seen.unit = figure.indicator.unit
        seen.shown = units.display(seen.value, seen.unit)
    return seen


def _value(figure: Figure, group: str) -> tuple[Decimal | None, str]:
    """Return the value of the figure or of one of its groups, and why there is none; of an empty group it is zero."""
    if figure.status == NOT_COMPUTABLE:
        return None, figure.reason
    if not group:
        return figure.value, ""
    for each in figure.groups:
        if group in (str(each.key), each.label):
            return each.value, each.reason
    return Decimal(0), ""


def is_beyond(subscription: Subscription, value: Decimal) -> bool:
    """Tell whether the value lies beyond the subscription's border."""
    if subscription.border is None:
        return False
    return value > subscription.border if subscription.side == Side.ABOVE else value < subscription.border


def compose(subscription: Subscription, seen: Seen, before: Standing, key: str) -> Notice:
    """Return the message about what was seen, beside what was seen before; it is not stored."""
    head = f"{seen.label}（{seen.period_label}）" if seen.period_label else seen.label
    beyond = seen.value is not None and is_beyond(subscription, seen.value)
    told = {KNOWN: seen.shown, MISSING: _("缺数"), CLOSED: _("没有送出：权限已变"), BROKEN: _("无法送出")}[seen.state]
    if beyond:
        told = _("{shown}，已{side} {border}").format(
            shown=seen.shown, side=subscription.get_side_display(), border=units.display(subscription.border or 0, seen.unit))
    lines = [_("{head}：{told}").format(head=head, told=told), *([seen.problem] if seen.problem else []), *_against(seen, before)]
    if seen.data_date:
        stale = before.looked_on is not None and seen.data_date < before.looked_on
        lines.append(_("数据截至 {day}，上次（{last}）以来没有更新。").format(day=seen.data_date, last=before.looked_on) if stale else
                     _("数据截至 {day}。").format(day=seen.data_date))
    level = Level.THRESHOLD if beyond else Level.ORDINARY if seen.state == KNOWN else Level.MISSING
    return notice(subscription, key, lines[0], lines, seen.address, level)


def _against(seen: Seen, before: Standing) -> list[str]:
    """Return in a line what became of it since the last time; nothing where there was none."""
    if not before.state or before.looked_on is None:
        return []
    last = before.shown if before.state == KNOWN else _("缺数") if before.state == MISSING else ""
    if not last or {seen.state, before.state} != {KNOWN}:
        return [_("上次（{day}）：{last}。").format(day=before.looked_on, last=last)] if last else []
    if before.period != seen.period:
        return [_("上次（{day}，期间 {period}）：{last}。").format(day=before.looked_on, period=before.period, last=last)]
    if before.value == seen.text:
        return [_("与上次（{day}）相同。").format(day=before.looked_on)]
    return [_("由 {last} 变为 {now}（上次 {day}）。").format(last=last, now=seen.shown, day=before.looked_on)]


def notice(subscription: Subscription, key: str, title: str, lines: Iterable[str], address: str, level: str) -> Notice:
    """Return a message of these lines with the address where it opens; it is not stored.

    A title is one line without control characters, whatever stood in a name.
    """
    installation = Installation.objects.first()
    marked = [_("【演示数据】")] if installation is not None and installation.demo else []
    text = "\n".join([*marked, *map(_plain, lines), f"{settings.ADDRESS}{address}"])
    return Notice(
        person_id=subscription.person_id, subscription=subscription, key=key, made_at=clock.now(), title=one_line(title)[:TITLE],
        text=text, address=address, level=level)


def one_line(text: str) -> str:
    """Return a text as one line with single spaces: what is no letter, mark or sign becomes one."""
    return " ".join(_plain(text).split())


def _plain(line: str) -> str:
    """Return a line in which what is no letter, mark or sign is a space; tabs stay, they part a table's cells."""
    return "".join(" " if unicodedata.category(each)[0] == "C" and each != "\t" or each in BREAKS else each for each in line)


def store(notices: list[Notice]) -> None:
    """Store messages of one person, and put those wanted by mail into one mail for each address; inside a transaction.

    What was told for the same occasion before is not told again.
    """
    known = set(Notice.objects.filter(subscription_id__in=[each.subscription_id for each in notices]).filter(
        key__in=[each.key for each in notices]).values_list("subscription_id", "key"))
    fresh = [each for each in notices if (each.subscription_id, each.key) not in known]
    mails: dict[str, Mail] = {}
    for each in fresh:
        wish = each.subscription
        if settings.EMAIL_HOST and wish.by_mail and wish.address:
            now = clock.machine()
            each.mail = mails.setdefault(str(wish.address), Mail(person_id=each.person_id, made_at=now, next_at=now))
    Mail.objects.bulk_create(mails.values())
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)  # somebody may tell the same at this moment


def brief_issued(template_code: str, title: str, address: str, text: str, *, owner: int | None = None) -> int:
    """Tell those who subscribe to the template that a brief was issued; return how many were told.

    `address` is its page within this installation, `owner` the party whose it is. Whoever may not read briefs (of the
    owner) is told that, and not the text. Called again for the same brief, it tells nobody twice.
    """
    key = hashlib.sha256("\0".join((template_code, title, address, text)).encode()).hexdigest()
    wishes = Subscription.objects.current().filter(brief=template_code).select_related("person").order_by("person_id", "id")
    told = 0
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        by_person: dict[int, list[Notice]] = {}
        for wish in wishes:
            if not is_here(wish.person):
                continue
            owners = wish.person.owners(READ_BRIEFS)
            may = bool(owners) if owner is None else owner in owners
            refused = _("签发了一份简报，没有送出：没有查看简报的权限（{right}）。").format(right=READ_BRIEFS)
            lines = [one_line(title), *text.splitlines()] if may else [refused]
            head = title if may else lines[0]
            by_person.setdefault(wish.person_id, []).append(
                notice(wish, key, head, lines, address, Level.BRIEF if may else Level.MISSING))
        for notices in by_person.values():
            store(notices)
            told += len(notices)
    return told


def is_here(person: User) -> bool:
    """Tell whether the person still works here: others are told nothing."""
    return person.is_active and person.archived_at is None
