"""The clauses of a scheme: what must hold for the subsidy of scrapping a car, in the order in which an office asks.

A clause is there where its scheme lays down what it needs; the words of a failing clause name the bound and its source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.conditions import Condition, among, either, every, since, up_to
from kaifaqu.domains.subsidies.schemes import Terms

Words = str | Promise
FUELS = {"petrol": _("汽油"), "diesel": _("柴油"), "other": _("其他燃料"), "electric": _("新能源")}
PAPERS = {
    "handed_over_on": _("回收证明上的交车日期"), "deregistered_on": _("注销证明上的注销日期"),
    "invoiced_on": _("新车销售统一发票的开票日期"), "registered_on": _("新车登记证书上的注册日期")}


@dataclass(frozen=True)
class Clause:
    """One clause: `needs` are the terms without which a scheme does not have it, `refusal` says what is wrong.

    `holds` returns the condition by the terms. Where `open` holds, the sources leave the answer open: `question` says what.
    """

    code: str
    needs: tuple[str, ...]
    holds: Callable[[Terms], Condition]
    refusal: Words
    open: Callable[[Terms], Condition | None] = lambda terms: None
    question: Words = ""


def _cut_off(terms: Terms) -> Condition:
    return either(*(every(among("old_fuel", fuel), up_to("old_registered_on", terms[fuel])) for fuel in FUELS))


def _paper(name: str) -> Callable[[Terms], Condition]:
    def holds(terms: Terms) -> Condition:
        until = terms.get("documents_until")
        first = since(name, terms["documents_since"])
        return every(first, up_to(name, until)) if until else first

    return holds


def _carried_over(name: str) -> Callable[[Terms], Condition | None]:
    def is_open(terms: Terms) -> Condition | None:
        first, last = terms.get("documents_open"), terms.get("documents_late")
        early = [every(since(name, first), ["<", name, terms["documents_since"]])] if first else []
        late = [[">", name, last]] if last else []
        return either(*early, *late) if early or late else None

    return is_open


CLAUSES = (
    Clause("individual", (), lambda terms: among("applicant", "individual"),
           _("申请人不是个人消费者；单位的车、公共机构的车都不在补贴范围内。")),
    Clause("same_owner", (), lambda terms: among("same_owner", True), _("旧车车主、新车车主和申请人不是同一个人。")),
    Clause("passenger_car", (), lambda terms: among("old_kind", "passenger_car"), _("旧车不是公安机关登记的小型、微型载客汽车。")),
    Clause("first_registration", tuple(FUELS), _cut_off, _("旧车的注册登记日期晚于规定：{cut_offs}（含当日）。")),
    Clause("owned", ("owned_by",), lambda terms: up_to("owned_since", terms["owned_by"]),
           _("旧车登记在申请人名下晚于 {owned_by}。"),
           open=lambda terms: among("owned_since", terms["owned_by"]) if terms.get("owned_open") else None,
           question=_("旧车正好在 {owned_by} 登记到申请人名下；文件写「之前」，没有写明含不含当日。")),
    Clause("catalogue", (), lambda terms: either(among("new_power", "fuel"), among("new_in_catalogue", True)),
           _("新车不在《减免车辆购置税的新能源汽车车型目录》里。")),
    Clause("displacement", ("displacement",),
           lambda terms: either(among("new_power", "nev"), up_to("new_displacement", terms["displacement"])),
           _("新的燃油乘用车排量超过 {displacement} 毫升。")),
    Clause("fuel_for_fuel", (), lambda terms: either(among("new_power", "nev"), among("old_fuel", "petrol", "diesel", "other")),
           _("报废新能源车、购买燃油车，不在补贴范围内：买燃油车须报废燃油车。")),
    *(Clause(name, ("documents_since",), _paper(name), _("{paper}不在规定的期间内：{documents}（含当日）。"), open=_carried_over(name),
             question=_("{paper}不在 {scheme} 年；{scheme} 年的方案没有写明上一年、下一年的单证能不能用。")) for name in PAPERS),
    Clause("applied", ("since", "until"), lambda terms: every(since("applied_on", terms["since"]), up_to("applied_on", terms["until"])),
           _("提交申请的日期不在规定的期间内：{since} 至 {until}（含当日）。"),
           open=lambda terms: [">", "applied_on", terms["until"]] if terms.get("until_open") else None,
           question=_("{until} 以后还能不能提交，由当地公布。")),
    Clause("once", ("once",), lambda terms: among("claimed_before", False), _("这一年里已经享受过一次汽车以旧换新补贴。")),
    Clause("not_replaced", ("not_replaced",), lambda terms: among("used_for_replacement", False),
           _("这辆新车已经用来申请置换更新补贴；两种补贴只能选一种。")),
    Clause("same_province", ("same_province",), lambda terms: among("same_province", True), _("新车的开票地和注册地不在同一个省。"),
           open=lambda terms: among("same_province", False),
           question=_("新车的开票地和注册地不在同一个省；文件只说「原则上」一致，由当地说明。")),
)  # fmt: skip


def clauses_of(terms: Terms) -> Iterator[Clause]:
    """Yield the clauses that a scheme has by its terms, in the order in which they are asked."""
    yield from (each for each in CLAUSES if all(terms.get(name) for name in each.needs))


def names() -> dict[str, str]:
    """Return by its code how each clause is told whatever the scheme: its refusal, with dots for what the scheme lays down."""
    return {each.code: str(each.refusal).format_map(defaultdict(lambda: "……", paper=PAPERS.get(each.code, ""))) for each in CLAUSES}


def placeholders(clause: Clause, terms: Terms) -> dict[str, Any]:
    """Return what stands in the words of a clause."""
    until = terms.get("documents_until")
    return {
        **terms.values, "scheme": terms.scheme, "paper": PAPERS.get(clause.code, ""),
        "cut_offs": "，".join(f"{FUELS[fuel]} {terms.get(fuel)}" for fuel in FUELS),
        "documents": f"{terms.get('documents_since')} 至 {until}" if until else f"{terms.get('documents_since')} 起"}
