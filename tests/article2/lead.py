"""A lead in the browser: it comes in by collecting, is admitted, negotiated, examined by the departments, and signed."""

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from tests.article2.run import CHAIN, INVESTMENT, OFFICE, PLANNING, SEGMENT, Run
from tests.desks import key, stored

COLLECTION, UNIT = "键盘收线索", "演示驻点招商组"
LEAD = "键盘环境监测站项目"
REPORTED = {  # by the headings of the sheet
    "拟投项目": LEAD, "投资方": "演示监测投资公司", "投资方统一社会信用代码": "91140900MA0K5BAR06", "产业链": CHAIN, "环节": SEGMENT,
    "首次接触日期": "2024-08-01",
}  # fmt: skip
PROFILE = {
    "kind": "industry", "investor_introduction": "做水气监测", "content": "新建监测站", "process": "组装和标定",
    "total_investment": "12000.5", "fixed_investment": "5999.99", "land": "30", "power": "800", "environment": "没有废水",
    "output": "15000", "tax": "600",
}  # fmt: skip
PRODUCT, AMOUNT, EXACTLY = "监测试剂", "12.5", Decimal(125000)  # in 万吨/年, and in 吨/年
OPINIONS = {"environment": (PLANNING, "if"), "policy": (INVESTMENT, "for"), "safety": (INVESTMENT, "for")}
TONNES, SIGNED, NEGOTIATED = (
    "attraction.planned_capacity.tonnes", "leads.negotiated.signed.count", "leads.negotiated.count")


def collect(run: Run) -> None:
    """Ask a unit for its leads; what it sends back has one more, which is merged into the ledger."""
    keys = run.at(INVESTMENT)
    keys.ledger("/r/leads/")
    run.main("a[href='/collections/new/leads/']")
    run.fill(name=COLLECTION, due_on="2024-08-09", by="all", stage="lead")
    keys.follow("form.card button")
    keys.skip("#content")
    run.fill(unit__name=UNIT)
    keys.follow("form[method=post] button.main")
    keys.skip("#content")
    keys.reach("main a[href$='/send/']", 12)
    with keys.page.expect_download() as waiting:
        keys.press("Enter")
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        books = {name: archive.read(name) for name in archive.namelist()}
    [unit] = stored("sheets.CollectionUnit", name=UNIT)
    asked = stored("projects.Lead", stage="lead")
    book = openpyxl.load_workbook(io.BytesIO(next(iter(books.values()))))
    there = sum(row[1].value is not None for row in book.worksheets[0].iter_rows(min_row=2))
    is_whole = len(books) == 1 and there == len(asked) == len(unit["records"].split()) > 5
    run.bar.check("a workbook goes to the unit, with its leads", is_whole, f"{there} leads")
    path = run.folder / "报来.xlsx"
    fill_in(book.worksheets[0])
    book.save(path)
    keys.skip("#content")
    keys.reach("main [type=file]", 20)
    keys.choose([path])
    keys.follow("form.drop button")
    told = " ".join(keys.page.locator("table.board tbody").inner_text().split())
    is_told = "新增 1" in told and f"相同 {there}" in told and "错" not in told
    run.bar.check("the board says what came back: one new, the others alike", is_told, told)
    run.main("a.main[href$='/merge/']")
    keys.skip("#content")
    keys.follow("main form button.main", 20)
    [row] = stored("projects.Lead", name=LEAD)
    run.lead = row["code"]
    facts = (row["investor_code"], row["stage"], row["node_id"], row["chain_id"], f"{row['first_contact_on']}")
    segment, chain = int(key("chains.ChainNode", SEGMENT)), int(key("chains.Chain", CHAIN))
    wanted = (REPORTED["投资方统一社会信用代码"], "lead", segment, chain, "2024-08-01")
    run.bar.check("the lead is stored as it was reported", facts == wanted, facts)
    shown = run.record(INVESTMENT, "leads", run.lead)
    run.bar.check("and says where it came from", row["source"] != "" and row["source"] in shown, row["source"])


def fill_in(sheet: Any) -> None:
    """Write the new lead below those that stand in the sheet."""
    heads = [f"{cell.value or ''}".partition("（")[0] for cell in sheet[1]]
    below = max(row[0].row for row in sheet.iter_rows(min_row=2) if row[1].value is not None) + 1
    for head, text in REPORTED.items():
        sheet.cell(below, heads.index(head) + 1).value = text


def admit(run: Run) -> None:
    """Judge the lead; with too little investment it is not admitted, and all reasons are told; corrected, negotiations begin."""
    run.record(INVESTMENT, "leads", run.lead)
    run.step("judge", judged_on="2024-08-02", judged_evidence="演示研判意见 1 号")
    run.beside("lead_profiles", **PROFILE)
    shown = run.record(INVESTMENT, "leads", run.lead)
    run.bar.check("the page says what admission wants", "不符合" in shown and "现为 5999.99 万元" in shown, shown.count("不符合"))
    told = run.step("negotiate", negotiating_on="2024-08-02", negotiating_evidence="演示洽谈记录")
    is_held = stored("projects.Lead", code=run.lead)[0]["stage"] == "lead"
    is_told = "不符合招商项目准入" in told and "不低于 6000 万元，现为 5999.99 万元" in told
    run.bar.check("what is not admitted is not negotiated, with the reason", is_held and is_told, told[:90])
    [profile] = stored("attraction.LeadProfile", lead__code=run.lead)
    run.record(INVESTMENT, "lead_profiles", profile["code"])
    run.main("a[href$='/edit/']")
    run.send(fixed_investment="8000", reason="按可研更正")
    run.record(INVESTMENT, "leads", run.lead)
    run.step("negotiate", negotiating_on="2024-08-02", negotiating_evidence="演示洽谈记录")
    [row] = stored("projects.Lead", code=run.lead)
    run.bar.check("admitted, it is in negotiation", row["stage"] == "negotiating" and "在谈" in run.keys.page.locator("h1").inner_text())


def negotiate(run: Run) -> None:
    """Enter a round and the planned capacity, which adds up in its base unit exactly; then the departments are asked."""
    before = stored("attraction.ProductCapacity", base_unit="吨/年", lead__stage="negotiating")
    run.record(INVESTMENT, "leads", run.lead)
    run.beside("negotiation_rounds", held_on="2024-08-05", kind="drafting", consensus="协议初稿")
    run.record(INVESTMENT, "leads", run.lead)
    run.beside("product_capacities", product=PRODUCT, amount=AMOUNT, unit="万吨/年")
    [row] = stored("attraction.ProductCapacity", product=PRODUCT)
    run.keys.ledger("/r/product_capacities/")
    run.keys.search(PRODUCT)
    cells = [each.strip() for each in run.keys.page.locator("table[role=grid] tbody td").all_inner_texts()]
    is_exact = (row["yearly"], row["base_unit"]) == (EXACTLY, "吨/年") and cells[-4:] == [AMOUNT, "万吨/年", f"{EXACTLY}", "吨/年"]
    run.bar.check("12.5 万吨/年 is 125,000 吨/年, stored and shown", is_exact, cells[-4:])
    total = sum(each["yearly"] for each in before) + EXACTLY
    told = run.figure(TONNES)
    run.bar.check("the figure adds it up in 吨/年", told == f"{total:.0f} 吨/年", told)
    shown = run.record(INVESTMENT, "leads", run.lead)
    run.bar.check("the lead's page says it in its own unit", "12.5 万吨/年" in shown and PRODUCT in shown)
    run.step("ask_opinions", demand="请就本部门职责提出意见")
    rows = stored("attraction.LeadOpinion", lead__code=run.lead)
    asked = {each["aspect"] for each in rows}
    run.bar.check("every aspect of the rule is asked", asked == {*OPINIONS}, f"{len(rows)} aspects")
    for row in rows:
        account, verdict = OPINIONS[row["aspect"]]
        if account == PLANNING:
            run.at(PLANNING)
            is_listed = any(LEAD in each for each in run.queue("held"))
            run.bar.check("it is in the department's list", is_listed)
            run.main(f"td a[href='/r/lead_opinions/{row['id']}/']")
        else:
            run.record(account, "lead_opinions", row["code"])
        run.step("resolve", verdict=verdict, result="演示：可行")
    shown = run.record(INVESTMENT, "leads", run.lead)
    said = {row["aspect"]: row["verdict"] for row in stored("attraction.LeadOpinion", lead__code=run.lead)}
    is_said = said == {aspect: verdict for aspect, (_account, verdict) in OPINIONS.items()}
    run.bar.check("the answers make one verdict, the strictest", is_said and "综合意见：有条件同意" in shown, said)


def sign(run: Run) -> None:
    """Sign: the project is made with what the key information says; the signing rate and the segment follow."""
    run.at(INVESTMENT)
    before = {code: run.figure(code) for code in (SIGNED, NEGOTIATED)}
    segment = on_map(run)
    run.bar.check("until then the segment is in negotiation", segment == ("在谈", "在谈 1 个 · 目标 1"), segment)
    run.record(INVESTMENT, "leads", run.lead)
    run.step("intend", intent_on="2024-08-05", intent_evidence="演示意向书 1 号")
    run.record(INVESTMENT, "leads", run.lead)
    reached = run.keys.page.locator("#attraction li:has(small:has-text('已到'))").all_inner_texts()
    run.bar.check("both stages that it has reached have their evidence", len(reached) == 2 and "（缺）" not in f"{reached}", reached)
    run.step("sign", signed_on="2024-08-05", signed_evidence="演示投资协议 1 号")
    [project], [lead] = stored("projects.Project", lead__code=run.lead), stored("projects.Lead", code=run.lead)
    run.project = project["code"]
    kept = (lead["stage"], project["name"], project["stage"], project["total_investment"], project["expected_annual_output"])
    run.bar.check("a project is made of the lead, with what its key information says",
              kept == ("signed", LEAD, "signed", Decimal("12000.5"), Decimal(15000)), kept)
    shown = run.record(OFFICE, "projects", run.project)
    run.bar.check("the project's page names its lead", run.lead in shown and "12000.5" in shown, run.project)
    run.at(INVESTMENT)
    after = {code: run.figure(code) for code in before}
    numbers = [int(re.sub(r"\D", "", told[code])) for code in before for told in (before, after)]
    counted = stored("projects.Lead", negotiating_on__isnull=False)
    signed = sum(each["signed_on"] is not None for each in counted)
    run.bar.check("the signing rate has one more above, and as many below", numbers == [signed - 1, signed, len(counted), len(counted)],
              f"{numbers[1]} of {numbers[3]}")
    run.bar.check("the segment of the chain is under contract", (told := on_map(run)) == ("已签约", "已签约 1 个 · 目标 1"), told)


def on_map(run: Run) -> tuple[str, str]:
    """Return how the map of the chain tells the segment's state: in the table, and in the picture."""
    page, number = run.keys.page, key("chains.ChainNode", SEGMENT)
    page.goto(f"{run.office.base}/chains/{key('chains.Chain', CHAIN)}/")
    box = page.locator(f".graph a[href='/r/chain_nodes/{number}/'] .quiet").text_content()
    return page.locator(f"#node-{number} .state").inner_text(), box
