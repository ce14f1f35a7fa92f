"""The demo zone's scoring of the first half of 2024: a sheet of its own, one finding, one decision by hand, issued by the director."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from kaifaqu.registers.story import Ref, Scene, moment
from kaifaqu.reporting.scoring.models import Scoring

OFFICE, DIRECTOR = "projects", "director"
DOCUMENT, SHEET, CODE = "演示开发区〔2024〕6号", "demo.half_year", "PF0001"
LAID, SCORED, ISSUED = date(2024, 3, 1), date(2024, 7, 10), date(2024, 7, 12)


def item(number: str, dimension: str, label: str, **facts: Any) -> dict[str, Any]:
    """Return an item of the sheet."""
    return {"number": number, "dimension": dimension, "label": label, **facts}


CONTENT = {SHEET: {
    "title": "半年工作评分（演示）", "basis": f"{DOCUMENT}：半年工作评分办法（演示，各项分值都是演示所设）", "full": "100", "places": 2,
    "paced": [
        item("1.1", "项目建设", "签约项目比序时", figure="projects.signed.year.count", target_figure="projects.targets.signed",
             marks="25", cap="100%"),
        item("1.2", "项目建设", "开工项目比序时", figure="projects.started.year.count", target_figure="projects.targets.started",
             marks="20", cap="100%"),
        item("1.3", "项目建设", "完成投资比序时", figure="projects.progress.year_to_date", target_figure="projects.targets.investment",
             marks="20", cap="100%"),
    ],
    "bands": [item(
        "2.1", "企业服务", "难点堵点化解率", figure="issues.solved_rate",
        bands=[["不限", "60", "5"], ["60", "80", "10"], ["80", "不限", "15"]])],
    "efficacy": [item(
        "2.2", "企业服务", "难点堵点平均办理用时", figure="issues.days_to_solve", marks="10", unallowed="20", satisfactory="5", least="60",
        most="100")],
    "deductions": [item("3.1", "安全环保", "督察检查查出的问题", unit="个", base="10", per="0.5", most="10")],
    "vetoes": [item("4.1", "一票否决", "重大及以上事故", unit="起", when="more", limit="0", then="zero")],
    "grades": [["优秀", "90"], ["良好", "75"], ["合格", "60"]],
}}  # fmt: skip


def scenes() -> Iterator[Scene]:
    """Yield how the sheet was laid down, the half-year scored, a finding and a decision entered, and the scoring issued."""
    yield Scene(moment(LAID, 30), OFFICE, "rules.create", facts={"facts": {
        "kind": "scoring.sheets", "since": "2024-01-01", "published_on": f"{LAID}", "source_document": DOCUMENT,
        "content": json.dumps(CONTENT, ensure_ascii=False)}})
    yield Scene(moment(SCORED, 30), OFFICE, "scorings.create", facts={"facts": {"code": CODE, "sheet": SHEET, "period": "2024-H1"}})
    held = Ref(Scoring, CODE)
    yield Scene(moment(SCORED, 40), OFFICE, "score_findings.create", facts={"facts": {
        "code": "PW0001", "scoring": held, "item": "3.1", "count": 2, "found_on": date(2024, 5, 21), "what": "演示：两处扬尘管控不到位",
        "document": "演示县生态环境局〔2024〕18号通报"}})
    yield Scene(moment(SCORED, 50), OFFICE, "score_overrides.create", facts={"facts": {
        "code": "PH0001", "scoring": held, "item": "2.1", "given": 12, "grounds": "演示：两件跨部门事项已办结，待企业确认",
        "document": "演示开发区主任办公会纪要〔2024〕7号"}})
    yield Scene(moment(ISSUED, 60), DIRECTOR, "scorings.issue", CODE)
