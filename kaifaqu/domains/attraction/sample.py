"""The demo zone's leads in negotiation: what they would produce, how they were answered, talked about and examined."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kaifaqu.domains.attraction.rules import PREEXAM
from kaifaqu.registers.projects.models import Lead
from kaifaqu.registers.story import Ref, Scene, moment

BY = "attraction"
KNOWN = date(2024, 7, 4)  # every lead of the demo that is in negotiation is so by then
CAPACITIES = (  # lead, product, amount, unit: as investors put it
    ("L0027", "聚甲氧基二甲醚", "10", "万吨/年"), ("L0028", "标准化塑料托盘", "200", "万套/年"), ("L0029", "四氢噻吩", "2000", "吨/年"),
    ("L0029", "邻氨基苯甲酸", "1", "万吨/年"), ("L0030", "硫化碱", "5", "万吨/年"),
)
PROFILES: tuple[tuple[Any, ...], ...] = (  # lead, total and fixed investment in 万元, 亩, 千伏安, output, tax; whether all is told
    ("L0027", "62000", "48000", "180", "12000", "95000", "4200", True), ("L0028", "15000", "9800", "60", "3150", "26000", "900", True),
    ("L0029", "28000", "21000", "90", "5000", "36000", "1500", True), ("L0030", "8600", "5200", "45", "2500", "14000", "480", False),
)
ROUNDS: tuple[tuple[Any, ...], ...] = (  # lead, day, kind, what was agreed, what was not
    ("L0027", date(2024, 7, 9), "site", "投资方看好西园区的公用工程", "蒸汽价格"),
    ("L0027", date(2024, 7, 18), "decision", "分两期建设，一期 5 万吨", ""),
    ("L0027", date(2024, 7, 30), "drafting", "投资协议初稿", "履约保证金的比例"),
    ("L0028", date(2024, 7, 12), "site", "租用标准化厂房", "租金"),
    ("L0028", date(2024, 7, 26), "talk", "先租后建", "租金"), ("L0029", date(2024, 7, 11), "talk", "提供环境容量资料", "硫化物排放"),
    ("L0036", date(2024, 7, 24), "site", "秸秆收储由本地合作社承担", ""),
    *((f"L00{number}", date(2024, 7, number - 5), "report", "投资方在做内部决策", "") for number in range(31, 36)),
)
RESPONSES: tuple[tuple[Any, ...], ...] = (  # lead, received, answered, told of the judgement
    ("L0061", date(2024, 7, 1), date(2024, 7, 2), date(2024, 7, 8)), ("L0062", date(2024, 7, 16), date(2024, 7, 17), None),
)
TERMS = (  # lead that was signed, what was agreed on, value, unit
    ("L0013", "固定资产投资强度", "300", "万元/亩"), ("L0013", "亩均税收", "15", "万元/亩"), ("L0023", "亩均税收", "12", "万元/亩"),
)
HOLDERS = {"policy": "DEMO-XM", "environment": "DEMO-GH", "safety": "DEMO-BG"}
LABELS = {"policy": "产业政策", "environment": "生态环境", "safety": "安全生产"}
ANSWERS = (("YS0001", "for", "符合产业结构调整目录"), ("YS0002", "if", "落实挥发性有机物治理后可行"), ("YS0003", "for", "安全距离满足要求"))


def scenes() -> Iterator[Scene]:
    """Yield everything that happened in attraction besides the leads' own steps."""
    aspects = {code: {"label": LABELS[code], "holder": holder} for code, holder in HOLDERS.items()}
    yield Scene(moment(date(2024, 1, 10), 40), "projects", "rules.create", facts={"facts": {
        "kind": PREEXAM.code, "since": "2024-01-01", "published_on": "2024-01-10",
        "source_document": "演示开发区〔2024〕4号：招商线索预审", "content": json.dumps({"aspects": aspects}),
    }})
    for number, (lead, product, amount, unit) in enumerate(CAPACITIES):
        yield entry(KNOWN, 200 + number, "product_capacities", lead, product=product, amount=amount, unit=unit)
    for number, (lead, *told) in enumerate(PROFILES):
        yield entry(KNOWN, 220 + number, "lead_profiles", lead, **profile(lead, *told))
    for number, (lead, day, kind, consensus, disagreements) in enumerate(ROUNDS):
        yield entry(day, 120 + number, "negotiation_rounds", lead, held_on=day, kind=kind, consensus=f"演示：{consensus}",
                    disagreements=disagreements, participants="演示投资方、招商部", next_steps="演示：就分歧再谈",
                    next_meeting_on=day + timedelta(days=10))
    for number, (lead, received, answered, told) in enumerate(RESPONSES, 1):
        yield entry(received + timedelta(days=4), 300, "lead_responses", lead, received_on=received, answered_on=answered)
        if told:
            judged = {"judged_on": str(answered), "judged_evidence": f"演示研判意见 {lead}"}
            yield Scene(moment(told, 200), BY, "leads.judge", lead, judged)
            yield Scene(moment(told, 300), BY, "lead_responses.correct", f"XY{number:04d}", {"facts": {"feedback_on": told}})
    for number, (lead, what, value, unit) in enumerate(TERMS):
        yield entry(KNOWN, 240 + number, "lead_terms", lead, what=what, value=value, unit=unit, due_point="full",
                    document=f"演示投资协议 {lead}")
    yield from opinions()


def profile(lead: str, total: str, fixed: str, land: str, power: str, output: str, tax: str, whole: bool) -> dict[str, Any]:
    """Return the key information about a lead; of one that is not whole some of it is still missing."""
    told = {"process": "演示：连续化生产", "environment": "演示：废气、废水排放量已测算"} if whole else {}
    return {
        "kind": "industry", "investor_introduction": f"演示投资方 {lead[1:]}", "content": "演示：新建生产线和配套设施",
        "total_investment": total, "fixed_investment": fixed, "land": land, "power": power, "water": "300", "output": output, "tax": tax,
        "siting": "演示：西园区", **told,
    }


def opinions() -> Iterator[Scene]:
    """Yield that the departments were asked about two leads; about the first all have answered."""
    asked = date(2024, 7, 19)
    for number, lead in enumerate(("L0027", "L0028")):
        facts = {"demand": "演示：请就本部门职责提出意见"}
        yield Scene(moment(asked + timedelta(days=7 * number), 30), BY, "leads.ask_opinions", lead, facts)
    for number, (code, verdict, result) in enumerate(ANSWERS):
        by = "planning" if code == "YS0002" else BY
        facts = {"verdict": verdict, "result": f"演示：{result}"}
        yield Scene(moment(date(2024, 7, 24), 30 + number), by, "lead_opinions.resolve", code, facts)
        yield Scene(moment(date(2024, 7, 25), 30 + number), BY, "lead_opinions.verify", code, {"text": "演示：已核对"})


def entry(day: date, minutes: int, register: str, lead: str, **facts: Any) -> Scene:
    """Return the entry of one record about a lead."""
    return Scene(moment(day, minutes), BY, f"{register}.create", facts={"facts": {"lead": Ref(Lead, lead), **facts}})
