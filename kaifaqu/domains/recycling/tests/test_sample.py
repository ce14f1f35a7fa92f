"""The totals of the demo recycler: what the newspaper page and the tables of the demo zone fix."""

from collections import Counter, defaultdict
from decimal import Decimal

from kaifaqu.domains.recycling import sample
from kaifaqu.domains.recycling.models import (
    Bid,
    DismantlingJob,
    LineSale,
    LotOutput,
    PartCategory,
    RemanufactureTransfer,
    TractionBattery,
    WasteLot,
    WasteTransfer,
)
from kaifaqu.registers.qualifications.models import Kind

LIMIT = Decimal("0.03")  # of a lot's gap


def rows(register):
    """Return all rows of a register that the story enters."""
    return [row for batch in sample.scenes() if batch.register is register for row in batch.rows]


def test_36_categories_of_which_eight_are_named():
    found = rows(PartCategory)
    assert (len(found), len({row["name"] for row in found})) == (36, 36)
    named = "发动机 汽车轮毂 座椅 车灯 仪表 内饰塑料 废钢 废有色金属"
    assert {row["name"] for row in found if row["named"]} == {*named.split()}


def test_92_lots_of_25_of_which_12_have_a_gap_over_the_limit():
    jobs, mass = rows(DismantlingJob), defaultdict(Decimal)
    assert {*Counter(row["lot"].code for row in jobs).values()} == {25}
    for row in jobs:
        mass[row["lot"].code, "in"] += row["input_mass"]
        mass[row["lot"].code, "out"] += row["shell_mass"] + row["assembly_mass"]
    for row in rows(LotOutput):
        mass[row["lot"].code, "out"] += row["mass"]
    lots = {lot for lot, _side in mass}
    gaps = [(mass[lot, "in"] - mass[lot, "out"]) / mass[lot, "in"] for lot in lots]
    assert (len(lots), sum(gap > LIMIT for gap in gaps), min(gaps) > 0) == (92, 12, True)


def test_income_of_4000_and_margin_of_960_by_line():
    income, margin = defaultdict(Decimal), defaultdict(Decimal)
    for row in rows(LineSale):
        income[row["line"]] += row["amount"]
        margin[row["line"]] += row["margin"]
    assert (dict(income), dict(margin)) == (
        {"metals": 2880, "parts": 1080, "services": 40}, {"metals": 576, "parts": 378, "services": 6})


def test_17_codes_of_waste_and_two_lots_stored_for_longer_than_a_year():
    out = Counter()
    for row in rows(WasteTransfer):
        out[row["lot"].code] += Decimal(row["mass"])
    lots = rows(WasteLot)
    assert len({row["waste_code"] for row in lots}) == 17
    assert all(out[row["code"]] <= Decimal(row["mass"]) for row in lots)
    left = [row for row in lots if out[row["code"]] < Decimal(row["mass"]) and (sample.DAY - row["stored_on"]).days > 365]
    assert len(left) == 2


def test_bids_win_the_220_vehicles_of_tenders():
    won = {row["tender"].code for row in rows(Bid) if row.get("outcome") == "won"}
    assert sum(vehicles for number, (vehicles, _months, _outcome) in enumerate(sample.TENDERS, 1) if f"ZB{number:04d}" in won) == 220


def test_nothing_goes_to_the_remanufacturer_whose_licence_has_run_out():
    assert {row["receiver"].code for row in rows(RemanufactureTransfer)} == {sample.REMANUFACTURER}
    assert [until for holder, kind, _authority, _since, until in sample.PERMITS if kind == Kind.REMANUFACTURING] == [None, "2024-03-01"]


def test_two_batteries_have_no_code():
    assert Counter(row["pack_code"] == "" for row in rows(TractionBattery)) == {False: 98, True: 2}
