"""The demo's operating company: its ledgers from January to August 2024. Names are invented, and totals are fixed first."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from kaifaqu.domains.company import models
from kaifaqu.kernel.records import Record
from kaifaqu.registers.holdings.models import Dividend, Holding
from kaifaqu.registers.holdings.sample import firm
from kaifaqu.registers.story import Batch, Ref, moment

OWNER, BY = "DEMO-CO", "company"
OPENED, CLOSED, LAST = date(2024, 1, 8), date(2024, 7, 8), date(2024, 8, 2)
FUNCTIONS = {  # who bears it: names; both bodies claim one, nobody the last
    "committee": (
        "规划编制", "政策制定", "行政审批", "监督检查", "企业服务", "统计协调", "安全监管", "环保监管", "财政预算", "干部管理", "党的建设"),
    "company": ("基础设施建设", "园区运营", "资产运营", "项目融资", "招商代理", "物业管理", "产业投资"),
    "both": ("对外宣传",), "": ("园区公共信息平台维护",),
}  # fmt: skip
GROUPS = ("三化之一", "三化之二", "三化之三", "领导班子任期制", "全员聘任制", "绩效工资制")
DONE = (4, 4, 5, 5, 3, 3)  # of the five tasks of each group: 24 of 30
DEPARTMENTS = (  # code, company, name, above, from, until
    ("BM0001", "", "综合管理部", "", "2022-03-01", None), ("BM0002", "", "资产运营部", "", "2022-03-01", None),
    ("BM0003", "", "招商服务部", "", "2022-03-01", "2024-04-01"), ("BM0004", "", "投资发展部", "", "2022-06-01", None),
    ("BM0005", "", "园区服务部", "", "2024-04-01", None), ("BM0006", "", "财务部", "", "2022-03-01", None),
    ("BM0007", "GS0002", "物业一部", "", "2022-03-01", None), ("BM0008", "GS0002", "物业二部", "", "2023-01-01", None),
    ("BM0009", "GS0003", "基金部", "", "2022-06-01", None), ("BM0010", "", "资产管理组", "BM0002", "2024-04-01", None),
)
POSTS = (  # department, name, how many, until
    ("BM0001", "主管", 1, None), ("BM0001", "专员", 4, None), ("BM0002", "主管", 1, None), ("BM0002", "专员", 3, None),
    ("BM0003", "专员", 4, "2024-04-01"), ("BM0004", "主管", 1, None), ("BM0004", "投资经理", 2, None), ("BM0005", "专员", 5, None),
    ("BM0006", "会计", 3, None), ("BM0007", "管家", 6, None), ("BM0008", "管家", 5, None), ("BM0009", "基金经理", 2, None),
    ("BM0010", "资产管理员", 2, None),
)
KINDS = {"land": "地块", "workshop": "厂房", "apartment": "公寓", "equipment": "设备"}
STATES = ("let",) * 40 + ("own",) * 20 + ("idle",) * 11 + ("building",) * 5 + ("unfit",) * 4  # of the 80 assets
PROFITABLE, LET, LOST = 36, 40, 28  # of the assets that are let, the first ones bring more than they cost; fewer a quarter before
AWAKENED = (0, 1, 2)  # idle until the measures of February: one by each means
LINES = {"物业": "310", "持股收益": "130"}  # besides rent and services, of the second quarter, in 万元
GOALS = (  # part, word of the model, done on
    ("一", "项目建设", "2024-06-28"), ("一", "业务重构", "2024-03-29"), ("三", "盘活资产", "2024-07-15"), ("三", "有效投资", None),
    ("三", "整体经营", None), ("六", "市场项目", "2024-05-30"), ("六", "多元投资", None), ("六", "保值增值", "2024-07-31"),
    ("六", "盈利增收", None), ("六", "", None), ("六", "", None), ("六", "", None),
)
FINANCING = (  # code, kind, creditor, amount, rate, from, until
    ("RZ0001", "loan", "演示银行甲支行", "20000", "3.85", "2022-05-10", "2032-05-10"),
    ("RZ0002", "loan", "演示银行乙支行", "12000", "3.45", "2023-03-20", "2028-03-20"),
    ("RZ0003", "bond", "演示债券持有人", "15000", "4.2", "2022-11-04", "2025-11-04"),
    ("RZ0004", "guarantee", "演示担保有限公司", "3000", None, "2023-06-01", "2026-06-01"),
)
REPAYMENTS = (  # contract, due on, amount, interest, paid on: three within ninety days of the demo's day, one a day later
    ("RZ0001", "2024-05-10", "690", "190", "2024-05-10"), ("RZ0001", "2024-08-10", "685", "185", None),
    ("RZ0001", "2024-11-10", "680", "180", None), ("RZ0002", "2024-06-20", "403.5", "103.5", "2024-06-20"),
    ("RZ0002", "2024-09-20", "400.9", "100.9", None), ("RZ0003", "2024-11-03", "630", "630", None),
    ("RZ0003", "2025-11-04", "15630", "630", None), ("RZ0002", "2024-11-04", "12.5", "12.5", None),
)


def scenes(chance: Random) -> Iterator[Batch]:
    """Yield the company's ledgers, each at the time at which it was filled."""
    yield from powers()
    yield from reform()
    yield from structure()
    yield from assets(chance)
    yield from income(chance)
    yield from debt()


def batch(day: date, minutes: int, register: type[Record], rows: Sequence[Any]) -> Batch:
    """Return the entry of rows by the company."""
    return Batch(moment(day, minutes), BY, register, rows, OWNER)


def powers() -> Iterator[Batch]:
    """Yield the list of functions, who bears them, two contracts and the review of one."""
    named = [(side, name) for side, names in FUNCTIONS.items() for name in names]
    yield batch(OPENED, 410, models.FunctionItem, [
        {"code": f"ZN{number:04d}", "name": name, "since": "2023-01-01", "document": "演示职能清单"}
        for number, (_side, name) in enumerate(named, 1)])
    yield batch(OPENED, 411, models.Delegation, [
        {"code": f"WT{number:04d}", "title": title, "partner": firm(""), "signed_on": "2022-12-20", "since": "2023-01-01",
         "document": f"演示委托〔2022〕{number}号"} for number, title in enumerate(("园区运营委托合同", "招商代理委托合同"), 1)])
    contracts = {"园区运营": "WT0001", "物业管理": "WT0001", "招商代理": "WT0002"}
    yield batch(OPENED, 412, models.FunctionHolder, [
        {"function": Ref(models.FunctionItem, f"ZN{number:04d}"), "side": each, "since": "2023-01-01",
         "delegation": Ref(models.Delegation, contracts[name]) if name in contracts else None}
        for number, (side, name) in enumerate(named, 1) for each in {"both": ("committee", "company"), "": ()}.get(side, (side,))])
    yield batch(date(2024, 1, 26), 413, models.DelegationReview, [
        {"delegation": Ref(models.Delegation, "WT0001"), "year": 2023, "reviewed_on": "2024-01-26", "score": "91.5", "result": "良好"}])


def reform() -> Iterator[Batch]:
    """Yield the items of reform with their tasks, and the plan with its goals."""
    yield batch(OPENED, 420, models.ReformItem, [
        {"code": f"GG{number:04d}", "name": f"演示改革事项 {number:02d}", "category": GROUPS[(number - 1) // 2], "set_on": "2024-01-05",
         "document": "演示改革行动方案"} for number in range(1, 13)])
    yield batch(date(2024, 7, 1), 421, models.ReformTask, [
        {"code": f"GR{5 * group + place + 1:04d}", "item": Ref(models.ReformItem, f"GG{2 * group + place % 2 + 1:04d}"),
         "title": f"演示任务 {5 * group + place + 1:02d}", "set_on": "2024-01-08", "due_on": f"2024-{3 * (place % 3 + 1):02d}-28",
         **({"done_on": f"2024-{2 + place:02d}-20", "result": "已完成"} if place < done else {})}
        for group, done in enumerate(DONE) for place in range(5)])
    yield batch(OPENED, 422, models.StrategyPlan, [
        {"code": "GH0001", "label": "136336", "name": "演示发展规划", "since": "2023-01-01", "document": "演示规划文件"},
        {"code": "GH0002", "label": "246", "name": "演示旧规划", "since": "2020-01-01", "until": "2023-01-01"}])
    yield batch(date(2024, 8, 1), 423, models.PlanGoal, [
        {"code": f"MB{number:04d}", "plan": Ref(models.StrategyPlan, "GH0001"), "part": part, "word": word,
         "name": f"演示目标 {number:02d}", "due_on": "2024-12-31", **({"done_on": done, "result": "已完成"} if done else {})}
        for number, (part, word, done) in enumerate(GOALS, 1)])


def structure() -> Iterator[Batch]:
    """Yield departments, those above first, and posts."""
    for minutes, is_below in ((430, False), (431, True)):
        yield batch(OPENED, minutes, models.CompanyDepartment, [
            {"code": code, "company": firm(company), "name": name, "parent": Ref(models.CompanyDepartment, above) if above else None,
             "since": since, "until": until}
            for code, company, name, above, since, until in DEPARTMENTS if bool(above) == is_below])
    since = {code: begun for code, _company, _name, _above, begun, _until in DEPARTMENTS}
    yield batch(OPENED, 432, models.CompanyPost, [
        {"code": f"GW{number:04d}", "department": Ref(models.CompanyDepartment, code), "name": name, "headcount": count,
         "since": since[code], "until": until} for number, (code, name, count, until) in enumerate(POSTS, 1)])


def parts(total: str, count: int, chance: Random, step: str = "0.01") -> list[Decimal]:
    """Return so many different amounts around their mean that sum up to the total exactly."""
    mean, least = Decimal(total) / count, Decimal(step)
    told = [(mean * chance.randrange(70, 130) / 100).quantize(least) for _number in range(count - 1)]
    last = Decimal(total) - sum(told)
    while last <= 0 or last > 2 * mean:  # what is left goes back to the others
        place = chance.randrange(count - 1)
        shift = (mean / 4).quantize(least) * (1 if last > mean else -1)
        if told[place] + shift > 0:
            told[place] += shift
            last -= shift
    return [*told, last]


def asset(number: int) -> Ref:
    """Return the asset of this number, counted from 0."""
    return Ref(models.Asset, f"ZC{number + 1:04d}")


def assets(chance: Random) -> Iterator[Batch]:
    """Yield 80 assets and two that are gone, how they are used, what they are worth, and what was done about them."""
    rows = []
    for number in range(82):
        kind = [*KINDS][number % 4]
        told: dict[str, Any] = {"area": str(400 + 37 * number)} if kind != "equipment" else {}
        if number >= 80:
            told |= {"disposed_on": "2024-03-15", "disposal": "演示处置批复"}
        rows.append({
            "code": f"ZC{number + 1:04d}", "name": f"演示{KINDS[kind]} {number + 1:02d}", "kind": kind,
            "certificate": f"演示证 {number + 1:04d}", "holder": firm("GS0002" if number % 8 == 3 else ""),
            "acquired_on": f"{2018 + number % 5}-06-30", **told})
    yield batch(date(2024, 3, 18), 440, models.Asset, rows)
    begun = [("idle" if number in AWAKENED else state, "2023-01-01", "2024-02-20" if number in AWAKENED else None)
             for number, state in enumerate((*STATES, "idle", "let"))]
    yield batch(date(2024, 3, 18), 441, models.AssetUse, [
        {"asset": asset(number), "state": state, "since": since, "until": until} for number, (state, since, until) in enumerate(begun)]
        + [{"asset": asset(number), "state": "let", "since": "2024-02-20"} for number in AWAKENED])
    values = [*parts("36000", PROFITABLE, chance), *parts("44000", 80 - PROFITABLE, chance), Decimal(900), Decimal(1100)]
    yield batch(date(2024, 3, 18), 442, models.AssetValuation, [
        *({"asset": asset(number), "basis": "book", "valued_on": "2023-12-31", "amount": amount} for number, amount in enumerate(values)),
        *({"asset": asset(number), "basis": "book", "valued_on": "2022-12-31", "amount": values[number] + 25}
          for number in range(0, 80, 8)),
        *({"asset": asset(number), "basis": "appraised", "valued_on": "2024-02-28", "amount": values[number] * 2,
           "document": "演示评估报告"} for number in range(0, 80, 6))])
    measures = [(number, means, "2024-02-20") for number, means in zip(AWAKENED, ("restructuring", "allocation", "expansion"), strict=True)]
    yield batch(date(2024, 3, 18), 443, models.AssetAction, [
        {"asset": asset(number), "means": means, "plan": f"演示盘活措施 {place}", "planned_on": "2024-01-10",
         **({"done_on": done, "result": "已出租", "checked_on": "2024-03-15"} if done else {})}
        for place, (number, means, done) in enumerate((*measures, (60, "expansion", None), (61, "allocation", None)), 1)])
    yield batch(date(2024, 5, 21), 444, models.AssetTransfer, [
        {"asset": asset(3), "giver": firm(""), "receiver": firm("GS0002"), "price": values[3], "approved_on": "2024-05-13",
         "approval": "演示划转批复", "transferred_on": "2024-05-20"}])


def income(chance: Random) -> Iterator[Batch]:
    """Yield income of three quarters and of a month: of the second quarter 1,200 and fiscal support of 300."""
    rents = parts("620", LET, chance)
    costs = [(rent * chance.randrange(40, 90) / 100).quantize(Decimal("0.01")) for rent in rents[:PROFITABLE]]
    costs += [rents[PROFITABLE], *(rent + 3 for rent in rents[PROFITABLE + 1:])]  # as much as it brings is not more
    rent = [{"line": "租金", "asset": asset(number)} for number in range(LET)]
    empty = [{"line": "租金", "asset": asset(number), "amount": "0", "cost": "1.2"} for number in (60, 61, 62)]
    before = [{"line": "租金", "asset": asset(number), "period": "2023-Q4", "amount": "0", "cost": "2.5"} for number in AWAKENED]
    earlier = [  # some that the second quarter finds profitable lost in the first
        {**rent[number], "amount": rents[number], "cost": costs[number] if number < LOST else rents[number] + 1}
        for number in range(len(AWAKENED), LET)]
    yield batch(date(2024, 4, 9), 450, models.CompanyIncome, [
        *before, *({**row, "period": "2024-Q1"} for row in earlier),
        {"line": "物业", "period": "2024-Q1", "amount": "295", "cost": "240"}, {"line": "服务", "period": "2024-Q1", "amount": "118"},
        {"line": "财政补助", "period": "2024-Q1", "amount": "350", "fiscal": True, "document": "演示拨款文件 1"}])
    yield batch(CLOSED, 451, models.CompanyIncome, [
        *({**row, "period": "2024-Q2", "amount": amount, "cost": cost} for row, amount, cost in zip(rent, rents, costs, strict=True)),
        *({**row, "period": "2024-Q2"} for row in empty),
        *({"line": line, "period": "2024-Q2", "amount": amount} for line, amount in LINES.items()),
        *({"line": "服务", "period": f"2024-{month:02d}", "amount": amount} for month, amount in ((4, "41.5"), (5, "46"), (6, "52.5"))),
        {"line": "财政补助", "period": "2024-Q2", "amount": "300", "fiscal": True, "document": "演示拨款文件 2"}])
    yield batch(LAST, 452, models.CompanyIncome, [{"line": "服务", "period": "2024-07", "amount": "49"}])
    yield batch(CLOSED, 453, Dividend, [
        {"holding": Ref(Holding, code), "declared_on": "2024-05-28", "due": due, "received": due, "received_on": "2024-06-20",
         "document": f"演示分红决议 {code}"} for code, due in (("GQ0001", "80"), ("GQ0002", "50"))])


def debt() -> Iterator[Batch]:
    """Yield what is borrowed and to be repaid, the statements, and why state capital grew."""
    yield batch(OPENED, 460, models.Financing, [
        {"code": code, "kind": kind, "borrower": firm(""), "creditor": creditor, "amount": amount, "rate": rate,
         "since": since, "until": until, "drawn_on": since, "document": f"演示融资合同 {code}"}
        for code, kind, creditor, amount, rate, since, until in FINANCING])
    yield batch(CLOSED, 461, models.Repayment, [
        {"financing": Ref(models.Financing, code), "due_on": due, "amount": amount, "interest": interest, "paid_on": paid,
         "voucher": "演示还款凭证" if paid else ""} for code, due, amount, interest, paid in REPAYMENTS])
    yield batch(CLOSED, 462, models.BalanceStatement, [
        {"company": firm(company), "as_of": day, "consolidated": whole, "assets": total, "liabilities": owed, "state_capital": capital}
        for company, day, whole, total, owed, capital in (
            ("", "2023-12-31", True, "105000", "55000", "50000"), ("", "2024-06-30", True, "110000", "57000", "53000"),
            ("", "2024-06-30", False, "98000", "52000", "46000"), ("GS0002", "2024-06-30", False, "4200", "1300", "2900"))])
    yield batch(CLOSED, 463, models.EquityAdjustment, [
        {"company": firm(""), "occurred_on": "2024-04-15", "kind": "more_invested", "amount": "1000", "document": "演示增资决议"}])
