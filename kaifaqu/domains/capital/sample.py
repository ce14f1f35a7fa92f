"""The demo company's funds: one parent fund and one sub-fund, what was paid in, and three invented stakes."""

from collections.abc import Iterator
from datetime import date

from kaifaqu.domains.capital.models import Fund, FundPayment, FundStake, Level, Source, TargetKind
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.organisations.sample import wrong_credit_code
from kaifaqu.registers.story import Batch, Ref, moment

OWNER, BY = "DEMO-CO", "company"
FIRST = 5501  # of the credit codes of this room's firms
PARENT, SUB = "FD0001", "FD0002"
FUNDS = (  # code, name, level, parent, size in 万元, day
    (PARENT, "演示产业母基金", Level.PARENT, "", "30000", date(2022, 9, 20)),
    (SUB, "演示产业子基金", Level.SUB, PARENT, "10000", date(2023, 3, 15)),
)
PAYMENTS = (  # fund, day, whose money, amount
    (PARENT, date(2022, 10, 12), Source.PUBLIC, "15000"), (PARENT, date(2023, 4, 11), Source.PUBLIC, "6000"),
    (SUB, date(2023, 4, 18), Source.PUBLIC, "3000"), (SUB, date(2023, 4, 25), Source.SOCIAL, "4000"),
    (SUB, date(2024, 3, 20), Source.SOCIAL, "3000"),
)
FIRMS = ("演示成长装备有限公司", "演示科技材料有限公司")
STAKES = (  # fund, firm or fund, what is supported, amount, day
    (PARENT, SUB, "", "3000", date(2023, 4, 18)), (SUB, "JQ01", TargetKind.GROWTH, "1200", date(2023, 9, 12)),
    (SUB, "JQ02", TargetKind.TECHNOLOGY, "1500", date(2024, 5, 23)),
)


def scenes() -> Iterator[Batch]:
    """Yield each fund, payment and stake on its day."""
    yield Batch(moment(date(2022, 9, 1), 350), BY, Enterprise, [
        {"code": f"JQ{number:02d}", "name": name, "credit_code": wrong_credit_code(FIRST + number), "synthetic": True}
        for number, name in enumerate(FIRMS, 1)], OWNER)
    for code, name, level, parent, size, day in FUNDS:
        yield Batch(moment(day, 351), BY, Fund, [{
            "code": code, "name": name, "level": level, "parent": Ref(Fund, parent) if parent else None, "size": size,
            "established_on": day}], OWNER)
    for number, (fund, day, origin, amount) in enumerate(PAYMENTS, 1):
        yield Batch(moment(day, 352), BY, FundPayment, [{
            "code": f"JC{number:04d}", "fund": Ref(Fund, fund), "paid_on": day, "origin": origin, "amount": amount}], OWNER)
    for number, (fund, target, kind, amount, day) in enumerate(STAKES, 1):
        held = {"into": Ref(Fund, target)} if target == SUB else {"enterprise": Ref(Enterprise, target), "target_kind": kind}
        yield Batch(moment(day, 353), BY, FundStake, [{
            "code": f"JT{number:04d}", "fund": Ref(Fund, fund), "amount": amount, "invested_on": day, **held}], OWNER)
