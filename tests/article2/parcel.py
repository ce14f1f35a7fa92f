"""A standard parcel in the browser: assessed, planned, announced, transferred and promised; the enterprise shows, the office verifies."""

import re
from decimal import Decimal
from typing import Any

from tests.article2.run import ENTERPRISE, LAST, OFFICE, Run
from tests.desks import key, stored

CONTROLS = {"investment": "固定资产投资强度", "tax": "亩均税收", "plot_ratio": "容积率", "energy": "单位能耗", "emission": "单位排放"}
VALUES = {"investment": "300", "tax": "15", "plot_ratio": "0.8", "energy": "0.35", "emission": "0.05"}
EVIDENCE = {"plot_ratio": ("acceptance", "0.800001", "met"), "energy": ("energy", "0.350001", "rectifying")}
PARTY = "standard_parcel__enterprise__party_id"
VERDICTS = {"met": "达标", "rectifying": "整改"}


def plan(run: Run) -> None:
    """Plan a parcel whose land is not wholly assessed; the announcement is refused with everything that is missing."""
    west = key("places.Park", "K0002")  # where one assessment has expired
    run.enter(OFFICE, "parcels", code=run.parcel, name="键盘西七号地块", park=west, area="45.5", land_use="二类工业用地")
    run.enter(OFFICE, "standard_parcels", code=run.parcel, parcel=key("places.Parcel", run.parcel), planned_on=f"{LAST}",
              planned_evidence="演示出让计划 1 号")
    shown = run.record(OFFICE, "standard_parcels", run.parcel)
    run.bar.check("it is planned, in 亩 and hectares", "拟出让" in shown and "45.5 亩" in shown and "公顷" in shown)
    told = run.step("announce", announced_on=f"{LAST}", announced_evidence="演示网挂公告 1 号")
    lacking = [each for each in ("水土保持方案", *CONTROLS.values()) if each not in told]
    others = [each for each in ("环境影响评价", "节能评价", "文物考古调查勘探") if each in told]
    is_held = stored("reforms.StandardParcel", code=run.parcel)[0]["stage"] == "planned" and not lacking and not others
    run.bar.check("announcing it is refused, with all that is missing named and nothing else", is_held, told[:120])


def offer(run: Run) -> None:
    """Enter the assessment and the core indicators that were missing, and announce."""
    run.record(OFFICE, "standard_parcels", run.parcel)
    run.main("a[href^='/r/regional_assessments/new/']")
    run.send(kind="soil", done_on="2024-08-02", valid_until="2027-08-01", document="演示水保批复 1 号")
    for indicator in CONTROLS:
        run.record(OFFICE, "standard_parcels", run.parcel)
        run.main("#controls a[href^='/r/control_indicators/new/']")
        run.send(indicator=indicator, value=VALUES[indicator])
    kept = {each["indicator"]: each["value"] for each in stored("reforms.ControlIndicator", standard_parcel__code=run.parcel)}
    shown = run.record(OFFICE, "standard_parcels", run.parcel)
    is_set = kept == {name: Decimal(value) for name, value in VALUES.items()}
    is_shown = "不低于 300 万元/亩" in shown and "不高于 0.35 吨标准煤/万元" in shown
    run.bar.check("five core indicators are set, and shown", is_set and is_shown, f"{len(kept)} set")
    run.step("announce", announced_on=f"{LAST}", announced_evidence="演示网挂公告 1 号")
    [row] = stored("reforms.StandardParcel", code=run.parcel)
    offered = run.keys.page.locator("#controls a[href^='/r/control_indicators/new/']").count()
    run.bar.check("announced; indicators are no longer offered, and it does not count as transferred",
              row["stage"] == "announced" and row["transferred_on"] is None and not offered)


def transfer(run: Run) -> None:
    """Transfer it to the enterprise, which promises what was demanded."""
    run.record(OFFICE, "standard_parcels", run.parcel)
    buyer = key("organisations.Enterprise", "Q0001")
    run.step("transfer", transferred_on=f"{LAST}", transferred_evidence="演示出让合同 1 号", enterprise=buyer, price="546")
    run.record(OFFICE, "standard_parcels", run.parcel)
    run.step("promise", signed_on=f"{LAST}")
    promises, party = stored("reforms.Promise", standard_parcel__code=run.parcel), int(key("kernel.Party", "ENT-0001"))
    same = {each["indicator"]: each["value"] for each in promises} == {name: Decimal(value) for name, value in VALUES.items()}
    is_shared = len(stored("reforms.Promise", standard_parcel__code=run.parcel, **{PARTY: party})) == len(promises) == 5
    run.bar.check("a promise for each indicator is signed, and shared with the enterprise", same and is_shared, f"{len(promises)} promises")


def hand_in(run: Run) -> None:
    """The enterprise itself hands in what shows that it keeps its promises; nothing of a statistical return, nothing for another."""
    keys, party = run.at(ENTERPRISE), int(key("kernel.Party", "ENT-0001"))
    keys.ledger("/r/land_promises/")
    listed = int(re.search(r"共 (\d+) 条", keys.page.locator("h1").inner_text())[1])
    own = len(stored("reforms.Promise", **{PARTY: party}))
    run.bar.check("it sees its own promises, and no others", listed == own < len(stored("reforms.Promise")), f"{listed} of its own")
    run.record(ENTERPRISE, "land_promises", promise(run, "plot_ratio")["code"])
    told = run.step("hand_in", kind="acceptance", value="0.81", document="2024 年统计月报表")
    kinds = keys.page.locator("[name=kind] option").all_inner_texts()
    is_closed = not any(word in kind for kind in kinds for word in ("统计", "报表", "台账")) and len(kinds) == 7
    run.bar.check("no kind of evidence is a statistical return", is_closed, "、".join(kinds))
    is_refused = "统计资料只用于统计" in told and not stored("reforms.Evidence", promise_id=promise(run, "plot_ratio")["id"])
    run.bar.check("nor is one taken under another name", is_refused, told[:60])
    for indicator, (kind, value, _stage) in EVIDENCE.items():
        run.record(ENTERPRISE, "land_promises", promise(run, indicator)["code"])
        run.step("hand_in", kind=kind, value=value, document=f"演示材料 {value}")
        [paper] = stored("reforms.Evidence", promise_id=promise(run, indicator)["id"])
        is_kept = (paper["value"], paper["by_enterprise"]) == (Decimal(value), True)
        run.bar.check(f"its own evidence is handed in: {indicator}", is_kept, f"{paper['value']:f}")
        bring(run, paper)
    other = next(each for each in stored("reforms.Promise") if each["id"] not in {one["id"] for one in stored(
        "reforms.Promise", **{PARTY: party})})
    answers = [keys.page.goto(f"{run.office.base}/r/land_promises/{other['id']}/{way}").status for way in ("", "do/hand_in/")]
    run.bar.check("for another enterprise's promise there is no way", {*answers} <= {403, 404}, answers)
    answers = keys.page.goto(f"{run.office.base}/r/land_promises/{promise(run, 'energy')['id']}/do/verify/").status
    run.bar.check("nor may it verify its own", answers in (403, 404), answers)


def bring(run: Run, paper: dict[str, Any]) -> None:
    """The enterprise attaches the document to its evidence, on whose page it stands after handing it in."""
    keys, name = run.at(ENTERPRISE), f"演示材料{paper['id']}.pdf"
    is_there = keys.page.url.rstrip("/").endswith(f"/r/promise_evidence/{paper['id']}")
    keys.skip("#content")
    keys.reach("[name=file]", 60)
    keys.page.locator("[name=file]").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7 demo"})
    keys.reach("main form[enctype] button", 8)
    keys.follow()
    files = stored("files.Attachment", subject="reforms.evidence", subject_id=paper["id"])
    is_shown = name in run.shown() and [each["name"] for each in files] == [name]
    run.bar.check("it stands on the page of its evidence, and attaches the document there", is_there and is_shown, name)


def verify(run: Run) -> None:
    """The office opens the document and holds it against the promise, exactly: one is kept, one has to be put right until a day."""
    for indicator, (_kind, value, stage) in EVIDENCE.items():
        opened(run, indicator)
        run.record(OFFICE, "land_promises", promise(run, indicator)["code"])
        told = run.step("verify", verified_on=f"{LAST}")
        if stage != "met":
            is_held = promise(run, indicator)["stage"] == "signed" and "整改期限" in told
            run.bar.check("what falls short needs a day or a consequence", is_held, told[:70])
            run.record(OFFICE, "land_promises", promise(run, indicator)["code"])
            run.step("verify", verified_on=f"{LAST}", rectify_by="2024-12-31")
        row, shown = promise(run, indicator), run.record(OFFICE, "land_promises", promise(run, indicator)["code"])
        verdict = run.keys.page.locator("#verdict .light").inner_text()
        is_said = (row["stage"], row["verified_value"], verdict) == (stage, Decimal(value), VERDICTS[stage]) and value in shown
        run.bar.check(f"the verdict, stored and shown: {indicator} {value}", is_said, f"{row['stage']}, {verdict}")
    run.record(OFFICE, "standard_parcels", run.parcel)
    lines = run.keys.page.locator("#controls tbody tr").all_inner_texts()
    wanted = [(CONTROLS[name], value, VERDICTS[stage]) for name, (_kind, value, stage) in EVIDENCE.items()]
    is_told = all(any(all(word in line for word in words) for line in lines) for words in wanted)
    run.bar.check("the parcel's page says so, beside what was demanded and promised", is_told and len(lines) == 5, f"{len(lines)} lines")
    told = run.step("conclude", verified_on=f"{LAST}")
    is_held = "还不能核验完毕" in told and "单位能耗（整改）" in told
    run.bar.check("it is not verified as a whole while promises are open", is_held, told[:80])


def opened(run: Run, indicator: str) -> None:
    """The office comes from the promise to the evidence, and downloads the document that the enterprise has attached."""
    run.record(OFFICE, "land_promises", promise(run, indicator)["code"])
    [paper] = stored("reforms.Evidence", promise_id=promise(run, indicator)["id"])
    run.main(f"a[href='/r/promise_evidence/{paper['id']}/']")
    [file] = stored("files.Attachment", subject="reforms.evidence", subject_id=paper["id"])
    link = run.keys.page.locator(f"main a[href='/files/{file['id']}/']").first
    answer = run.keys.page.request.get(f"{run.office.base}/files/{file['id']}/")
    is_open = link.count() and answer.status == 200 and answer.body() == b"%PDF-1.7 demo"
    run.bar.check(f"the office opens what the enterprise attached: {indicator}", bool(is_open), f"{answer.status}, {file['name']}")


def promise(run: Run, indicator: str) -> dict[str, Any]:
    """Return what is stored of a promise of the parcel."""
    [row] = stored("reforms.Promise", standard_parcel__code=run.parcel, indicator=indicator)
    return row
