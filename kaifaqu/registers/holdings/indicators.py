"""Figures about holdings: direct shares, the chain in which a company stands, its subsidiaries, and income."""

from datetime import date
from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel import dated
from kaifaqu.kernel.indicators import Dimension, Indicator
from kaifaqu.kernel.periods import Period, during
from kaifaqu.kernel.world import World
from kaifaqu.registers.holdings import shares
from kaifaqu.registers.holdings.models import Dividend, Holding
from kaifaqu.registers.holdings.rules import CONTROL
from kaifaqu.registers.organisations.models import Enterprise

COMPANY, HOLDER = Dimension("of_company", _("公司"), "company__name"), Dimension("shareholder", _("股东"), "holder__name")


def own(world: World) -> Q:
    """Return the condition on enterprises: it is the owner of the ledger itself."""
    return Q(party_id=F("owner_id"))


def links(on: date, world: World) -> dict[int, tuple[list[shares.Link], set[int]]]:
    """Return by owner the holdings of the day, and the enterprises that are the owner itself."""
    def read() -> dict[int, tuple[list[shares.Link], set[int]]]:
        found: dict[int, tuple[list[Any], set[int]]] = {}
        for owner, pk in world.rows(Enterprise).filter(own(world)).values_list("owner_id", "id"):
            found.setdefault(owner, ([], set()))[1].add(pk)
        for owner, *link in world.rows(Holding).filter(Holding.on(on)).values_list("owner_id", "holder_id", "company_id", "share"):
            if owner in found:
                found[owner][0].append(tuple(link))
        return found

    return world.once((Holding, on), read)


def in_chain(on: date, world: World) -> Q:
    """Return the condition: on that day the enterprise stands in the longest chain of holdings through the owner itself."""
    chains = [shares.chain(held, pk) for held, members in links(on, world).values() if held for pk in sorted(members)]
    return Q(id__in=sorted({pk for each in chains for pk in each}))


def subsidiaries(on: date, world: World) -> Q:
    """Return the condition: on that day the enterprise is controlled by the owner, by the owner's rule of the day."""
    rules = dated.resolve_all(CONTROL.code, on, world)
    found: set[int] = set()
    for owner, (held, members) in links(on, world).items():
        found |= shares.controlled(held, members, (rules.get(owner) or CONTROL.shipped()).content["percent"])
    return Q(id__in=sorted(found))


def _of_owner(period: Period, world: World) -> Q:
    return Holding.on(period.end) & Q(company_id__in=world.rows(Enterprise).filter(own(world)).values("id"))


COUNT = Indicator(
    code="holdings.count", label=_("股权笔数"), unit="项", basis=_("期末那一天有效的股权，一个股东对一家公司算一项"),
    register=Holding, by=(COMPANY, HOLDER), where=lambda period, world: Holding.on(period.end))
OWNERSHIP = Indicator(
    code="holdings.ownership_pct", label=_("本单位股权由股东持有的比例"), unit="%",
    basis=_("期末那一天已登记的各股东对本单位的直接持股比例之和；本单位是账户单位为本单位的那家企业"),
    register=Holding, measure=Sum("share"), by=(HOLDER,), where=_of_owner)
DEPTH = Indicator(
    code="holdings.chain.depth", label=_("股权链的级数"), unit="级",
    basis=_("期末那一天经过本单位的最长一条股权链上的企业数，从没有股东登记的企业数起，到不再持股的企业为止"),
    register=Enterprise, where=lambda period, world: in_chain(period.end, world))
SUBSIDIARIES = Indicator(
    code="platform.subsidiaries.count", label=_("子公司家数"), unit="家",
    basis=_("期末那一天本单位和已认定的子公司合计持股超过规则「子公司认定」所定比例的公司，逐级认定"),
    register=Enterprise, rule=CONTROL.code, where=lambda period, world: subsidiaries(period.end, world))
INCOME = Indicator(
    code="holdings.income", label=_("持股收益"), unit="万元", basis=_("到账日期在期内的实得分红之和"), register=Dividend,
    measure=Sum("received"), by=(Dimension("held_company", _("公司"), "holding__company__name"),),
    where=lambda period, world: during("received_on", period))
