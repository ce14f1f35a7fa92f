"""What the figures of an operating company and of holdings mean, recounted from the events alone; a part of tests/recount.py."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

ENTERPRISE, HOLDING, DIVIDEND = "organisations.enterprise", "holdings.holding", "holdings.dividend"
(FUNCTION, HOLDER, DELEGATION, REVIEW, ITEM, TASK, PLAN, GOAL, DEPARTMENT, POST, ASSET, USE, VALUATION, ACTION, TRANSFER, INCOME, FINANCING,
 REPAYMENT, STATEMENT) = (f"company.{name}" for name in (
    "functionitem", "functionholder", "delegation", "delegationreview", "reformitem", "reformtask", "strategyplan", "plangoal",
    "companydepartment", "companypost", "asset", "assetuse", "assetvaluation", "assetaction", "assettransfer", "companyincome",
    "financing", "repayment", "balancestatement"))  # fmt: skip
CONTROL, WARNING = 50, 90  # per cent, days, as shipped
Links = list[tuple[int, int, Fraction]]


def holds(row: dict, day: date) -> bool:
    return row["since"] <= str(day) and (row["until"] is None or row["until"] > str(day))


def within(text: str | None, s: date, e: date) -> bool:
    return text is not None and str(s) <= text <= str(e)


def live(w: Any, subject: str, at: int | None) -> dict | None:
    return w.once("by id", subject, find=lambda: {row["id"]: row for row in w.all(subject)}).get(at)


# Functions, reform, plans


def sides(w: Any, f: dict, e: date) -> set[str]:
    return {row["side"] for row in w.pointing(HOLDER, "function_id", f["id"]) if holds(row, e)}


def in_force(d: dict, e: date) -> bool:
    return holds(d, e) and d["signed_on"] <= str(e) and (d["ended_on"] is None or d["ended_on"] > str(e))


def unreviewed(w: Any, d: dict, s: date, e: date) -> bool:
    rows = w.pointing(REVIEW, "delegation_id", d["id"])
    is_reviewed = any(int(row["year"]) == e.year - 1 and row["reviewed_on"] <= str(e) for row in rows)
    return in_force(d, e) and d["since"] < f"{e.year}-01-01" and not is_reviewed


def done(row: dict, e: date) -> bool:
    return row["done_on"] is not None and row["done_on"] <= str(e)


def planned(w: Any, goal: dict, e: date) -> bool:
    plan = live(w, PLAN, goal["plan_id"])
    return plan is not None and holds(plan, e)


# Holdings


def links(w: Any, e: date) -> Links:
    return [(row["holder_id"], row["company_id"], Fraction(row["share"])) for row in w.own(HOLDING) if holds(row, e)]


def own(w: Any) -> set[int]:
    return {row["id"] for row in w.own(ENTERPRISE) if row["party_id"] == w.owner}


def ways(pairs: set[tuple[int, int]], start: int) -> Iterator[tuple[int, ...]]:
    """Yield every way from the start along the pairs until it goes no further."""
    following = [other for one, other in pairs if one == start]
    if not following:
        yield (start,)
    for other in following:
        for way in ways(pairs, other):
            yield (start, *way)


def in_chain(w: Any, e: date) -> set[int]:
    """Return the enterprises of the longest chain through the owner; of several as long that with the smallest numbers."""
    found, pairs = set(), {(holder, company) for holder, company, _share in links(w, e)}
    for one in own(w) if pairs else ():
        for direction in (pairs, {(company, holder) for holder, company in pairs}):
            found |= set(min(ways(direction, one), key=lambda way: (-len(way), way)))
    return found


def controlled(w: Any, e: date) -> set[int]:
    percent = (w.rule("holdings.control", e) or {"percent": CONTROL})["percent"]
    roots, held = own(w), links(w, e)
    group, before = set(roots), set()
    while group != before:
        before = set(group)
        group |= {company for _holder, company, _share in held
                  if sum(share for holder, other, share in held if other == company and holder in before) > percent}
    return group - roots


# Assets


def held(w: Any, at: int, e: date) -> bool:
    asset = live(w, ASSET, at)
    return asset is not None and asset["acquired_on"] <= str(e) and (asset["disposed_on"] is None or asset["disposed_on"] > str(e))


def states(w: Any, asset: dict, e: date) -> list[str]:
    return [row["state"] for row in w.pointing(USE, "asset_id", asset["id"]) if holds(row, e)]


def values(w: Any, at: int, basis: str, e: date) -> list[dict]:
    return [row for row in w.pointing(VALUATION, "asset_id", at) if row["basis"] == basis and row["valued_on"] <= str(e)]


def last_value(w: Any, v: dict, basis: str, e: date) -> bool:
    told = values(w, v["asset_id"], basis, e)
    return v in told and v["valued_on"] == max(row["valued_on"] for row in told) and held(w, v["asset_id"], e)


def profitable(w: Any, v: dict, s: date, e: date) -> bool:
    rows = [row for row in w.pointing(INCOME, "asset_id", v["asset_id"]) if row["first"] >= str(s) and row["last"] <= str(e)]
    earned = sum(Fraction(row["amount"]) for row in rows if not row["fiscal"])
    spent = sum(Fraction(row["cost"] or 0) for row in rows)
    return last_value(w, v, "book", e) and earned > spent


# Income and debt


def earned(more: Callable[[dict], bool]) -> tuple:
    return INCOME, lambda w, r, s, e: r["first"] >= str(s) and r["last"] <= str(e) and more(r), "amount"


def unpaid(r: dict, e: date) -> bool:
    return r["paid_on"] is None or r["paid_on"] > str(e)


def due_soon(w: Any, r: dict, s: date, e: date) -> bool:
    days = (w.rule("company.repayment_warning", e) or {"days": WARNING})["days"]
    return unpaid(r, e) and str(e) <= r["due_on"] <= str(e + timedelta(days=days))


def last_statement(w: Any, r: dict, s: date, e: date) -> bool:
    told = [row for row in w.pointing(STATEMENT, "company_id", r["company_id"]) if row["consolidated"] and row["as_of"] <= str(e)]
    return r in told and r["as_of"] == max(row["as_of"] for row in told) and r["company_id"] in own(w)


OF_INCOME = {"platform.income.by_line", "platform.income.fiscal", "platform.income.total", "assets.profitable.value"}


def is_cut(w: Any, s: date, e: date) -> bool:
    """Tell whether the period cuts a row of income in two."""
    return any(r["first"] <= str(e) and r["last"] >= str(s) and not (r["first"] >= str(s) and r["last"] <= str(e)) for r in w.own(INCOME))


SUMS: dict[str, tuple] = {
    "reform.functions.count": (FUNCTION, lambda w, r, s, e: holds(r, e), ""),
    "reform.functions.separated.count": (FUNCTION, lambda w, r, s, e: holds(r, e) and len(sides(w, r, e)) == 1, ""),
    "reform.functions.overlapping.count": (FUNCTION, lambda w, r, s, e: holds(r, e) and len(sides(w, r, e)) == 2, ""),
    "reform.functions.orphaned.count": (FUNCTION, lambda w, r, s, e: holds(r, e) and not sides(w, r, e), ""),
    "reform.delegations.count": (DELEGATION, lambda w, r, s, e: in_force(r, e), ""),
    "reform.delegations.unreviewed.count": (DELEGATION, unreviewed, ""),
    "reform.items.count": (ITEM, lambda w, r, s, e: r["set_on"] <= str(e), ""),
    "reform.tasks.count": (TASK, lambda w, r, s, e: r["set_on"] <= str(e), ""),
    "reform.tasks.done.count": (TASK, lambda w, r, s, e: r["set_on"] <= str(e) and done(r, e), ""),
    "reform.tasks.overdue.count": (
        TASK, lambda w, r, s, e: r["set_on"] <= str(e) and r["due_on"] is not None and r["due_on"] < str(e) and not done(r, e), ""),
    "plan.count": (PLAN, lambda w, r, s, e: holds(r, e), ""),
    "plan.goals.count": (GOAL, lambda w, r, s, e: planned(w, r, e), ""),
    "plan.goals.done.count": (GOAL, lambda w, r, s, e: planned(w, r, e) and done(r, e), ""),
    "platform.departments.count": (DEPARTMENT, lambda w, r, s, e: holds(r, e), ""),
    "platform.posts.count": (POST, lambda w, r, s, e: holds(r, e), "headcount"),
    "platform.subsidiaries.count": (ENTERPRISE, lambda w, r, s, e: r["id"] in controlled(w, e), ""),
    "holdings.count": (HOLDING, lambda w, r, s, e: holds(r, e), ""),
    "holdings.ownership_pct": (HOLDING, lambda w, r, s, e: holds(r, e) and r["company_id"] in own(w), "share"),
    "holdings.chain.depth": (ENTERPRISE, lambda w, r, s, e: r["id"] in in_chain(w, e), ""),
    "holdings.income": (DIVIDEND, lambda w, r, s, e: within(r["received_on"], s, e), "received"),
    "assets.count": (ASSET, lambda w, r, s, e: held(w, r["id"], e), ""),
    "assets.idle.count": (ASSET, lambda w, r, s, e: held(w, r["id"], e) and "idle" in states(w, r, e), ""),
    "assets.unstated.count": (ASSET, lambda w, r, s, e: held(w, r["id"], e) and not states(w, r, e), ""),
    "assets.unvalued.count": (ASSET, lambda w, r, s, e: held(w, r["id"], e) and not values(w, r["id"], "book", e), ""),
    "assets.total_value": (VALUATION, lambda w, r, s, e: last_value(w, r, "book", e), "amount"),
    "assets.appraised_value": (VALUATION, lambda w, r, s, e: last_value(w, r, "appraised", e), "amount"),
    "assets.actions.count": (ACTION, lambda w, r, s, e: within(r["done_on"], s, e), ""),
    "assets.transferred.value": (TRANSFER, lambda w, r, s, e: within(r["transferred_on"], s, e), "price"),
    "assets.profitable.value": (VALUATION, profitable, "amount"),
    "platform.income.by_line": earned(lambda r: not r["fiscal"]), "platform.income.fiscal": earned(lambda r: r["fiscal"]),
    "platform.income.total": earned(lambda r: True),
    "platform.financing.amount": (FINANCING, lambda w, r, s, e: holds(r, e), "amount"),
    "platform.repayment_due_90d": (REPAYMENT, due_soon, "amount"),
    "platform.repayment_overdue": (REPAYMENT, lambda w, r, s, e: r["due_on"] < str(e) and unpaid(r, e), "amount"),
    "platform.assets": (STATEMENT, last_statement, "assets"), "platform.liabilities": (STATEMENT, last_statement, "liabilities"),
}
RATIOS = {
    "reform.functions.separated_rate": ("reform.functions.separated.count", "reform.functions.count", 100),
    "reform.items.done_rate": ("reform.tasks.done.count", "reform.tasks.count", 100),
    "plan.goals.done_rate": ("plan.goals.done.count", "plan.goals.count", 100),
    "assets.idle_rate": ("assets.idle.count", "assets.count", 100),
    "assets.profitable_share": ("assets.profitable.value", "assets.total_value", 100),
    "platform.income.fiscal_share": ("platform.income.fiscal", "platform.income.total", 100),
    "platform.debt_ratio": ("platform.liabilities", "platform.assets", 100),
}
OF_ASSETS, OF_VALUES = ("asset_kind", "asset_holder"), ("valued_kind", "valued_holder")
GROUPINGS = {
    "reform.functions.": ("function_field",), "reform.delegations.": (), "reform.items.count": ("item_group",),
    "reform.items.done_rate": ("reform_group",),
    "reform.tasks.": ("reform_group",), "plan.count": ("plan_label",), "plan.goals.": ("goal_group", "goal_word"),
    "platform.departments.": ("of_company",), "platform.posts.": ("posts_company",), "platform.subsidiaries.": (),
    "holdings.count": ("of_company", "shareholder"), "holdings.ownership_pct": ("shareholder",), "holdings.chain.": (),
    "holdings.income": ("held_company",), "assets.": OF_ASSETS, "assets.actions.": ("asset_means",),
    **dict.fromkeys(("assets.total_value", "assets.appraised_value", "assets.transferred.", "assets.profitable"), OF_VALUES),
    "platform.income.": ("income_line",), "platform.income.fiscal_share": (), "platform.financing.": ("financing_kind",),
    "platform.repayment_": ("owed_kind", "creditor"), "platform.assets": (), "platform.liabilities": (), "platform.debt_ratio": (),
}
OWN = {dimension for dimensions in GROUPINGS.values() for dimension in dimensions}
COLUMNS = {  # dimensions that are a column of the row itself, or of what it belongs to
    "function_field": "field", "plan_label": "label", "goal_group": "part", "goal_word": "word", "asset_means": "means",
    "income_line": "line", "reform_group": "category", "item_group": "category", "asset_kind": "kind", "valued_kind": "kind",
    "financing_kind": "kind", "owed_kind": "kind", "creditor": "creditor",
    "of_company": "company_id", "posts_company": "company_id", "shareholder": "holder_id", "asset_holder": "holder_id",
    "valued_holder": "holder_id", "held_company": "company_id",
}
ABOVE = {"item_id": ITEM, "asset_id": ASSET, "financing_id": FINANCING, "department_id": DEPARTMENT, "holding_id": HOLDING}


def group_of(w: Any, row: dict, dimension: str) -> str | None:
    """Return the group of a row: its own column, or that of what it belongs to; of an enterprise the name."""
    column, found = COLUMNS[dimension], row
    if column not in found:
        found = next((live(w, subject, found[name]) for name, subject in ABOVE.items() if name in found), None)
    told = found and found[column]
    return (w.name(ENTERPRISE, told) if column.endswith("_id") else told) or None
