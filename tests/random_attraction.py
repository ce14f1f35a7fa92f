"""What a random zone does about chains and attraction: leads with all that hangs on them, segments with firms that come and go."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kaifaqu.kernel.records import registers

UNITS = ("吨/年", "万吨/年", "万套/年", "件/年", "台/年", "万支/年", "万条/年", "辆/年", "架/年",
          "平方米/年", "万立方米/年", "米/年", "万千瓦时/年")


def attract(zone: Any) -> None:
    """Enter some things about leads and segments, or change something there."""
    doings = (_about_a_lead, _on_a_segment, _opinion, _change, _rule)
    for doing in zone.chance.choices(doings, (10, 6, 1, 2, 0.2), k=3):
        try:
            doing(zone)
        except ValidationError:
            zone.refused += 1


def name_products(zone: Any) -> None:
    """Enter a capacity in each unit, of what has been in negotiation longest."""
    leads = sorted((each for each in zone.rows["leads"] if each.stage == "negotiating"), key=lambda each: str(each.negotiating_on))
    for unit in UNITS if leads else ():
        zone._enter("product_capacities", lead=leads[0], product=unit, amount="3", unit=unit)


def _some(zone: Any, name: str) -> Any:
    found = zone._any(name)
    if found is None:
        raise ValidationError("nothing that it could be about")
    return found


def _about_a_lead(zone: Any) -> None:
    chance, day = zone.chance, zone._day()
    met = {"met_on": zone._day(), "evidence": "证明"} if chance.random() < 0.5 else {}
    due = {"due_on": zone._day()} if chance.random() < 0.5 else {}
    facts: dict[str, dict[str, Any]] = {
        "product_capacities": {
            "product": chance.choice("甲乙丙"), "amount": chance.choice(("1", "12.5", "200", "0.0001")),
            "unit": chance.choice(UNITS)},
        "negotiation_rounds": {"held_on": day, "kind": chance.choice(("site", "decision", "drafting", "talk", "report"))},
        "lead_responses": {
            "received_on": day, "answered_on": day + timedelta(days=chance.randrange(9)) if chance.random() < 0.7 else None,
            "feedback_on": day + timedelta(days=chance.randrange(20)) if chance.random() < 0.5 else None},
        "lead_terms": {
            "what": chance.choice("甲乙丙"), "value": "20", "due_point": chance.choice(("started", "production", "full", "day")),
            **due, **met},
        "lead_profiles": {
            "kind": chance.choice(("industry", "big_data", "housing")), "total_investment": chance.choice((None, "9999", "12000.5")),
            "land": chance.choice((None, "0", "60"))},
    }
    name = chance.choice([*facts, "product_capacities", "negotiation_rounds", "lead_terms"])
    stage = {"product_capacities": "negotiating", "negotiation_rounds": "negotiating", "lead_terms": "signed"}.get(name, "lead")
    rows = [each for each in zone.rows["leads"] if each.stage == stage or chance.random() < 0.1]  # mostly where it tells something
    zone._enter(name, lead=chance.choice(rows) if rows else _some(zone, "leads"), **facts[name])


def _on_a_segment(zone: Any) -> None:
    chance, node, day = zone.chance, _some(zone, "chain_nodes"), zone._day()
    until = day + timedelta(days=200) if chance.random() < 0.5 else None
    which = chance.randrange(4)
    if which == 0:
        zone._enter("node_firms", node=node, enterprise=_some(zone, "enterprises"), since=day, standing="present", until=until)
    elif which == 1:
        zone._enter("node_firms", node=node, name=chance.choice("甲乙"), since=day, standing="target", until=until)
    elif which == 2:
        fed = chance.choice([each for each in zone.rows["chain_nodes"] if each.chain_id == node.chain_id])
        zone._enter("chain_links", feeder=node, fed=fed)
    else:
        seller = {"supplier": _some(zone, "enterprises")} if chance.random() < 0.3 else {
            "supplier_name": chance.choice(("某厂", "另一厂")), "local": chance.random() < 0.5}
        zone._enter("supplies", year=day.year, buyer=_some(zone, "enterprises"), node=node, product="料", **seller,
                    amount=chance.choice(("0", "12.5", "860")))


def _opinion(zone: Any) -> None:
    open_ones = [each for each in zone.rows["lead_opinions"] if each.resolved_on is None]
    if not open_ones:
        zone._do("leads", "ask_opinions", _some(zone, "leads"))
        zone.rows["lead_opinions"] = [*registers()["lead_opinions"].objects.filter(owner=zone.owner).order_by("id")]
        return
    opinion = zone.chance.choice(open_ones)
    told = {"verdict": zone.chance.choice(("for", "if", "against")), "result": "看过了"}
    zone._replace("lead_opinions", opinion, zone._do("lead_opinions", "resolve", opinion, **told))


def _change(zone: Any) -> None:
    chance = zone.chance
    which = chance.randrange(4)
    if which == 0:  # what was signed comes to nothing all the same
        lead = _some(zone, "leads")
        facts: dict[str, Any] = {"failed_on": zone._partial(), "fail_kind": "funds", "fail_reason": "资金"}
        zone._replace("leads", lead, zone._do("leads", "correct", lead, facts=facts, reason="核对"))
    elif which == 1:
        project = _some(zone, "projects")
        facts = {"terminated_on": zone._partial(), "lead": _some(zone, "leads")}
        zone._replace("projects", project, zone._do("projects", "correct", project, facts=facts, reason="核对"))
    elif which == 2:
        term = _some(zone, "lead_terms")
        zone._replace("lead_terms", term, zone._do(
            "lead_terms", "correct", term, facts={"met_on": zone._day(), "evidence": "报表"}, reason="核对"))
    else:
        firm = _some(zone, "node_firms")
        zone._do("node_firms", "settle", firm, settled_on=zone._day(), enterprise=_some(zone, "enterprises"))
        zone._renew("node_firms")


def _rule(zone: Any) -> None:
    kind, content = zone.chance.choice((
        ("attraction.reporting", {"days": zone.chance.choice((7, 30))}),
        ("attraction.signings", {"from_investment": zone.chance.choice((100, 20000))}),
        ("attraction.stages", {"stages": {"signed": {"document": True}}, "effective": {
            "site": zone.chance.randrange(3), "decision": zone.chance.randrange(2), "drafting": zone.chance.choice(("yes", "no"))}}),
    ))
    zone._rule(kind, content)
