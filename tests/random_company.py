"""The part of a random zone that an operating company keeps: functions, reform, structure, holdings, assets, income and debt."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError

AMOUNTS = ("0.000001", "1", "100", "12000.5")
PERIODS = ("2023-Q2", "2023-04", "2023-05", "2023-Q4", "2024-Q1", "2024-Q2", "2024-06", "2022-12")
NAMES = (  # of which some record is corrected or archived
    "function_items", "function_holders", "delegations", "delegation_reviews", "reform_items", "reform_tasks", "strategy_plans",
    "plan_goals", "company_departments", "company_posts", "holdings", "dividends", "assets", "asset_uses", "asset_valuations",
    "asset_actions", "asset_transfers", "company_income", "financings", "repayments", "balance_statements")  # fmt: skip


def build(zone: Any) -> None:
    """Take perhaps a step in what an operating company keeps."""
    if zone.chance.random() < 0.7:
        zone.chance.choices([*STEPS], [*STEPS.values()])[0](zone)


def _need(zone: Any, name: str) -> Any:
    """Return any record of the register; where there is none the step is not possible."""
    if not zone.rows[name]:
        raise ValidationError("nothing there yet")
    return zone.chance.choice(zone.rows[name])


def _span(zone: Any, days: int = 500) -> dict[str, Any]:
    since = zone._day()
    return {"since": since, "until": since + timedelta(days=zone.chance.randrange(1, days)) if zone.chance.random() < 0.4 else None}


def _done(zone: Any) -> dict[str, Any]:
    return {"done_on": zone._day(), "result": "已办"} if zone.chance.random() < 0.5 else {}


def powers(zone: Any) -> None:
    """Enter a function, who bears one, a contract or its review."""
    what = zone.chance.choice(("function", "holder", "holder", "contract", "review"))
    if what == "function":
        zone._enter("function_items", name="职能", field=zone.chance.choice(("规划", "招商", "")), **_span(zone, 900))
    elif what == "holder":
        side = zone.chance.choice(("committee", "company"))
        zone._enter("function_holders", function=_need(zone, "function_items"), side=side, **_span(zone))
    elif what == "contract":
        span = _span(zone, 900)
        ended = {"ended_on": span["since"] + timedelta(days=300)} if zone.chance.random() < 0.2 else {}
        signed = span["since"] - timedelta(days=zone.chance.choice((-20, 0, 20)))
        zone._enter("delegations", partner=_need(zone, "enterprises"), title="委托", signed_on=signed, **span, **ended)
    else:
        year = zone.chance.choice((2022, 2023))
        day = f"{year + 1}-0{zone.chance.randrange(1, 9)}-15"
        zone._enter("delegation_reviews", delegation=_need(zone, "delegations"), year=year, reviewed_on=day, result="良好")


def reform(zone: Any) -> None:
    """Enter an item of reform or a task, a plan or a goal."""
    what = zone.chance.choice(("item", "task", "task", "plan", "goal", "goal"))
    if what == "item":
        zone._enter("reform_items", name="事项", category=zone.chance.choice(("三化之一", "绩效工资制")), set_on=zone._day())
    elif what == "task":
        since = zone._day()
        later = {name: since + timedelta(days=zone.chance.randrange(300)) for name in ("due_on", "done_on") if zone.chance.random() < 0.6}
        zone._enter("reform_tasks", item=_need(zone, "reform_items"), title="任务", set_on=since, result="已办", **later)
    elif what == "plan":
        zone._enter("strategy_plans", label=zone.chance.choice(("136336", "007")), name="规划", **_span(zone, 900))
    else:
        zone._enter("plan_goals", plan=_need(zone, "strategy_plans"), part=zone.chance.choice("一二"), name="目标",
                    word=zone.chance.choice(("保值增值", "国有", "")), **_done(zone))


def group(zone: Any) -> None:
    """Enter the zone's own company, a share in some company, a department, posts, or a dividend."""
    what = zone.chance.choice(("own", "hold", "hold", "hold", "department", "posts", "dividend"))
    if what == "own":
        zone._enter("enterprises", name="本公司", party=zone.owner)
    elif what == "hold":
        share = zone.chance.choice(("100", "60", "50", "33.333333", "51"))
        zone._enter("holdings", company=_need(zone, "enterprises"), holder=_own(zone), share=share, **_span(zone, 900))
    elif what == "department":
        zone._enter("company_departments", company=_own(zone), name="部门", **_span(zone, 900))
    elif what == "posts":
        zone._enter("company_posts", department=_need(zone, "company_departments"), name="岗位", headcount=zone.chance.randrange(4),
                    **_span(zone, 900))
    else:
        day = zone._day()
        zone._enter("dividends", holding=_need(zone, "holdings"), declared_on=day, due="5", received=zone.chance.choice(AMOUNTS),
                    received_on=day + timedelta(days=zone.chance.randrange(60)))


def _own(zone: Any) -> Any:
    """Return the zone's own company, or, sometimes, another one."""
    own = [each for each in zone.rows["enterprises"] if each.party_id == zone.owner.pk]
    return own[0] if own and zone.chance.random() < 0.5 else _need(zone, "enterprises")


def assets(zone: Any) -> None:
    """Enter an asset, its state, a value, a measure or a transfer."""
    what = zone.chance.choice(("asset", "asset", "state", "state", "value", "value", "value", "measure", "transfer"))
    if what == "asset":
        since = zone._day() - timedelta(days=400)
        gone = {"disposed_on": since + timedelta(days=zone.chance.randrange(900))} if zone.chance.random() < 0.2 else {}
        zone._enter("assets", name="资产", kind=zone.chance.choice(("land", "workshop")), holder=_own(zone), acquired_on=since, **gone)
    elif what == "state":
        zone._enter("asset_uses", asset=_need(zone, "assets"), state=zone.chance.choice(("idle", "let", "own")), **_span(zone))
    elif what == "value":
        zone._enter("asset_valuations", asset=_need(zone, "assets"), basis=zone.chance.choice(("book", "book", "appraised")),
                    valued_on=zone._day(), amount=zone.chance.choice(("0", *AMOUNTS)))
    elif what == "measure":
        zone._enter("asset_actions", asset=_need(zone, "assets"), means=zone.chance.choice(("restructuring", "expansion")), plan="盘活",
                    planned_on=zone._day(), **({"done_on": zone._day()} if zone.chance.random() < 0.7 else {}))
    else:
        day = zone._day()
        zone._enter("asset_transfers", asset=_need(zone, "assets"), giver=_need(zone, "enterprises"), receiver=_need(zone, "enterprises"),
                    price=zone.chance.choice(AMOUNTS), approved_on=day, approval="批复", transferred_on=day + timedelta(days=3))


def income(zone: Any) -> None:
    """Enter income of a month or a quarter, of an asset or of none."""
    of_asset = zone.chance.random() < 0.7
    zone._enter("company_income", line=zone.chance.choice(("租金", "物业", "财政补助")), period=zone.chance.choice(PERIODS),
                asset=_need(zone, "assets") if of_asset else None, amount=zone.chance.choice(("0", *AMOUNTS)),
                cost=zone.chance.choice(("0", "1", "50.5")) if of_asset else None, fiscal=zone.chance.random() < 0.3)


def debt(zone: Any) -> None:
    """Enter a contract, a repayment or a statement."""
    what = zone.chance.choice(("contract", "repayment", "repayment", "repayment", "statement"))
    if what == "contract":
        zone._enter("financings", kind=zone.chance.choice(("loan", "guarantee")), borrower=_own(zone), amount=zone.chance.choice(AMOUNTS),
                    creditor=zone.chance.choice(("甲行", "乙行")), **_span(zone, 900))
    elif what == "repayment":
        paid = {"paid_on": zone._day()} if zone.chance.random() < 0.3 else {}
        zone._enter("repayments", financing=_need(zone, "financings"), due_on=zone._day(), amount=zone.chance.choice(AMOUNTS), **paid)
    else:
        zone._enter("balance_statements", company=_own(zone), as_of=zone._day(), consolidated=zone.chance.random() < 0.7,
                    assets=zone.chance.choice(AMOUNTS), liabilities=zone.chance.choice(("0", *AMOUNTS)))


def change(zone: Any) -> None:
    """Lay down a rule, or correct or archive some record."""
    what = zone.chance.random()
    if what < 0.1:
        kind, content = zone.chance.choice((
            ("holdings.control", {"percent": zone.chance.choice((0, 33, 50))}),
            ("company.repayment_warning", {"days": zone.chance.choice((30, 200))})))
        zone._rule(kind, content)
        return
    name = zone.chance.choice(NAMES)
    one = _need(zone, name)
    if what < 0.4:
        zone._do(name, "archive", one, reason="重复")
        zone.rows[name] = [row for row in zone.rows[name] if row.pk != one.pk]
        return
    facts: dict[str, dict[str, Any]] = {
        "function_items": {"field": "改名"}, "function_holders": {"side": "company"}, "delegations": {"ended_on": None},
        "delegation_reviews": {"reviewed_on": f"{zone._day()}"}, "reform_items": {"category": "三化之二"},
        "reform_tasks": {"done_on": None}, "strategy_plans": {"until": None}, "plan_goals": {"part": "三"},
        "company_departments": {"until": None}, "company_posts": {"headcount": 7}, "holdings": {"share": "40"},
        "dividends": {"received": "3"}, "assets": {"kind": "equipment"}, "asset_uses": {"state": "idle"},
        "asset_valuations": {"amount": "77"}, "asset_actions": {"means": "allocation"}, "asset_transfers": {"price": "8"},
        "company_income": {"amount": "60"}, "financings": {"amount": "9"}, "repayments": {"paid_on": None},
        "balance_statements": {"consolidated": True},
    }  # fmt: skip
    zone._replace(name, one, zone._do(name, "correct", one, facts=facts[name], reason="核对"))


STEPS: dict[Callable[[Any], None], float] = {powers: 3, reform: 4, group: 5, assets: 6, income: 3, debt: 3, change: 4}
