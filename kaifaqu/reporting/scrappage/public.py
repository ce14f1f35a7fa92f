"""The page for car owners, without an account: what is paid on a day, the five questions, and a check of one's own case.

Nothing that is typed is kept, and it does not stand in the address: the check is sent, answered and forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kaifaqu.domains.outreach.rules import answers_on
from kaifaqu.domains.subsidies import schemes
from kaifaqu.domains.subsidies.conditions import Facts
from kaifaqu.domains.subsidies.evaluating import Ready, awaited_words, evaluate, ready
from kaifaqu.domains.subsidies.facts import FACTS, Fact, read
from kaifaqu.kernel import clock, dated
from kaifaqu.kernel.access import Installation, Party
from kaifaqu.kernel.world import World
from kaifaqu.pages import asked, domains

STEPS = (  # of the check, each with the facts that it asks for
    (_("申请人"), ("applicant", "same_owner")),
    (_("旧车"), ("old_kind", "old_fuel", "old_registered_on", "owned_since")),
    (_("新车"), ("new_power", "new_in_catalogue", "new_displacement", "price", "same_province")),
    (_("四份单证"), ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on")),
    (_("申请"), ("applied_on", "already_paid", "claimed_before", "used_for_replacement")),
)
OTHER = _("{scheme} 年方案也可以申请（至 {until}，含当日）；按那个方案，没有不符合的地方。")


@dataclass(frozen=True)
class Field:
    """One question of the check, with what was typed."""

    fact: Fact
    typed: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the page for a chosen day, by default today; what was sent is judged by the scheme that was chosen."""
    domains.demand("subsidies")
    told = request.POST if request.method == "POST" else request.GET
    today = clock.today()
    on, problem = _day(told.get("on", ""), today)
    owner, content = laid_down(today)
    offered = schemes.begun(content, on)
    chosen = next((year for year in offered if str(year) == told.get("scheme")), offered[0] if offered else None)
    if not problem and request.method == "POST" and str(chosen) != told.get("scheme", str(chosen)):
        problem = _t("到 {day} 还没有公布 {scheme} 年的补贴方案。").format(day=on, scheme=told["scheme"][:40])
    by = ready(content, chosen, on) if chosen else None
    facts, problems = read(_typed(told), today) if request.method == "POST" else ({}, [])
    verdict = evaluate(facts, by, on) if by and request.method == "POST" and not problem and not problems else None
    other = _other(content, facts, on, chosen) if verdict and verdict.failing else None
    return render(request, "scrappage/trade_in.html", {
        "on": on, "today": today, "problem": problem, "offered": offered, "chosen": chosen, "by": by, "owner": owner,
        "awaited": [*awaited(content, on)], "rates": [*rates(by)] if by else [],
        "source": by.terms.source() if by else "", "period": period(by.terms) if by else "",
        "other": other, "otherwise": OTHER.format(scheme=other.scheme, until=other["until"]) if other else "",
        "answers": answers_on(owner.pk, on) if "outreach" not in domains.off() else [], "problems": problems, "verdict": verdict,
        "steps": [(label, [Field(FACTS[name], told.get(name, "")) for name in names if by and _is_asked(by, name)])
                  for label, names in STEPS],
    })  # fmt: skip


def laid_down(today: date) -> tuple[Party, Any]:
    """Return whose installation it is, and what its rule of the schemes says."""
    owner = Installation.objects.get().owner
    return owner, dated.resolve(schemes.SCHEMES.code, owner.pk, today, World()).content


def awaited(content: Any, on: date) -> Iterator[str]:
    """Yield in words what is announced by the day and not implemented yet, of schemes of which nothing is out as well."""
    for scheme in schemes.schemes(content):
        if found := schemes.announced(content, scheme, on):
            yield awaited_words(found, schemes.terms(content, scheme, on))


def _other(content: Any, facts: Facts, on: date, chosen: int | None) -> schemes.Terms | None:
    """Return another scheme, open on the day of application, by which nothing of the case fails; None where there is none."""
    day = facts.get("applied_on", str(on))
    others = (ready(content, scheme, on) for scheme in schemes.begun(content, on) if scheme != chosen)
    return next((by.terms for by in others if by.terms["since"] <= day <= by.terms["until"] and not by.outcome(facts)[0]), None)


def period(terms: schemes.Terms) -> str:
    """Return in words when one may apply."""
    words = _t("申请时间：{since} 至 {until}（含当日）。")
    if terms.get("until_open"):
        words = _t("申请时间：{since} 至 {until}（含当日），截止日以当地公布为准。")
    return words.format(since=terms["since"], until=terms["until"])


def _day(typed: str, today: date) -> tuple[date, str]:
    """Return the day that was typed, or today and what is wrong with it."""
    if not typed:
        return today, ""
    try:
        return date.fromisoformat(asked.day(typed)), ""
    except ValueError:
        return today, _t("「{text}」不是日期，请写成 2024-06-30。").format(text=typed[:40])


def _typed(told: QueryDict) -> dict[str, Any]:
    """Return what was typed for each fact; of what was sent twice neither is known to be meant, and reading refuses both."""
    return {name: texts[0] if len(texts := told.getlist(name)) == 1 else texts for name in FACTS if name in told}


def _is_asked(by: Ready, name: str) -> bool:
    return name in by.needed


def rates(by: Ready) -> Iterator[tuple[Any, str]]:
    """Yield for each kind of new car what is paid, in words."""
    kinds = FACTS["new_power"].choices or {}
    for kind in schemes.KINDS:
        share, most = by.terms.get(f"{kind}_share"), by.terms[kind]
        words = _t("车价的 {percent}%，最多 {amount} 元（怎样取整没有写明，这里四舍五入到元）") if share else _t("{amount} 元")
        yield kinds[kind], words.format(percent=schemes.percent(share or 0), amount=f"{most:,}")
