"""A small document with every kind of block, and words that mean something to Word, typst, HTML or a spreadsheet."""

from typing import Any

from kaifaqu.reporting.document import Chart, Document, Heading, Number, Paragraph, Stamp, Table

NASTY = '=1+1 <b>&amp;</b> #let x = "1" *粗* _斜_ $x$ \\ // @某 〔甲〕 䶮𬱖 \x0b'


def number(shown: str, value: str | None, unit: str = "万元", **told: Any) -> Number:
    """Return a number of two projects, but for what is told otherwise."""
    facts = {
        "code": "projects.under_construction.investment", "label": "在建项目总投资", "basis": "已开工、未竣工项目的计划总投资。",
        "period": "2024-H1", "period_label": "2024年上半年", "scope": ["DEMO"], "owners": ["演示开发区"], "known": 9,
        "status": "open", "data_date": "2024-06-30",
        "records": [["projects", 1, "P0001", 3], ["projects", 2, "=P0002", 4]],
    }  # fmt: skip
    return Number(**{**facts, "shown": shown, "value": value, "unit": unit, **told})


def document() -> Document:
    """Return the document: six numbers, two of them in the chart."""
    numbers = [
        number("62.49亿元", "624900"), number("14个", "14", "个"),
        number("增长12.3%", "624900", against="2023-H1", base="556455.9"),
        number("〔缺数〕", None, problem="缺上年数", status="not_computable", records=[], data_date=None),
        number("1.5亿元", "15000"), number("2亿元", "20000", label="其他", group="新材料"),
    ]
    blocks = [
        Heading(1, ["总体情况"]), Paragraph(["截至6月底，在建项目", 1, "，总投资", 0, "，", 2, "；外资", 3, "。"]),
        Heading(2, ["续建"]), Paragraph([NASTY]), Heading(2, ["新开工"]), Heading(3, ["甲"]), Heading(4, ["乙"]),
        Heading(1, ["分行业 ", 4]), Table("分行业", ["行业", "投资"], [[["新材料"], [4]], [[NASTY], [5, "，", 4]]], [False, True]),
        Chart("逐月", "亿元", [("1月", 4), ("2月", 5), ("3月", 3)]),
    ]
    return Document("上半年简报" + NASTY, "DEMO", "2024-H1", "2024年上半年", 9, "2024-07-05", blocks, numbers)


def stamp(state: str = "草稿") -> Stamp:
    """Return the stamp of the document."""
    people = [("拟稿", "甲某"), ("签发", "乙某")]
    return Stamp("JB0001", "第6期", state, "某管委会", "2024年7月5日", people, "9 abcdef", "http://127.0.0.1:8000/briefs/1/")
