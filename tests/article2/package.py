"""A package in the browser: 13 approvals are handed in as one, run in parallel, are told once what is missing, and are finished.

The enterprise attaches what it hands in and submits; each body works under an account of its own, and reads what was handed in.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from tests import desks
from tests.article2 import path
from tests.article2.lead import LEAD
from tests.article2.run import ENTERPRISE, LAST, OFFICE, PLANNING, TODAY, Run
from tests.desks import key, stored
from tests.laboratory import ROOT

CELLS = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
TELLING, THERE = date(2024, 8, 6), date(2024, 8, 8)  # on which it is told what is missing, and that is there
PAPERS = "演示申请书.pdf"  # which the enterprise hands in
COUNTERS = {"SPJ": "counter-spj", "ZRZY": "counter-zrzy", "DEMO-GH": PLANNING}  # who works for which body
CATALOGUE = json.loads((ROOT / "kaifaqu/domains/reforms/data/items.json").read_text(encoding="utf-8"))["content"]["items"]


def entrust(run: Run) -> None:
    """Entrust the project with all of the catalogue, to be handed in as one."""
    employ(run)
    run.at(OFFICE).ledger("/r/packages/")
    run.main("a[href='/r/packages/new/entrust/']")
    run.send(kind="integrated", project=key("projects.Project", run.project), entrusted_on=f"{TODAY}",
             requester=key("kernel.Party", "ENT-0001"), agent=key("kernel.User", OFFICE))
    [package] = stored("reforms.Package", project__code=run.project)
    run.package, items = package["code"], stored("reforms.PackageItem", package_id=package["id"])
    run.path = path.Path(TODAY, {
        code: path.Step(each["label"], each["promised"], each.get("needs", [])) for code, each in CATALOGUE.items()})
    numbers = {each["id"]: each["item"] for each in items}
    needs = {(numbers[each["item_id"]], numbers[each["needs_id"]]) for each in stored("reforms.ItemNeed", item__in=[*numbers])}
    wanted = {(code, each) for code, step in run.path.items() for each in step.needs}
    days = {each["item"]: (each["statutory_days"], each["promised_days"]) for each in items}
    is_whole = days == {code: (each["statutory"], each["promised"]) for code, each in CATALOGUE.items()}
    run.bar.check("the whole catalogue is listed, with its days and what waits for what", needs == wanted and is_whole and len(days) == 13,
              f"{len(days)} items, {len(needs)} prerequisites")


def submit(run: Run) -> None:
    """The enterprise itself attaches its papers, once, and submits: what waits for nothing lies at its body, which reads them."""
    run.record(ENTERPRISE, "packages", run.package)
    paper, keys = run.folder / PAPERS, run.keys
    paper.write_bytes(b"%PDF-1.7 " + run.package.encode())
    keys.skip("#content")
    keys.reach("#files [type=file]", 120)
    keys.choose(paper)
    keys.follow("#files button")
    [file] = stored("files.Attachment", subject="reforms.package", subject_id=int(key("reforms.Package", run.package)))
    run.bar.check("the enterprise attaches what it hands in, and cannot take it off again",
                  PAPERS in run.shown() and not keys.page.locator("#files a[href*='detach']").count())
    run.record(ENTERPRISE, "packages", run.package)
    told = run.step("submit", submitted_on=f"{date(2024, 8, 1)}")
    is_refused = "以前已经在窗口递交的，请代办专员补录" in told and stored("reforms.Package", code=run.package)[0]["submitted_on"] is None
    run.bar.check("it sets no body's clock back", is_refused, told[:60])
    run.record(ENTERPRISE, "packages", run.package)
    run.step("submit")
    item(run, COUNTERS["SPJ"], "filing")
    reads = [run.at(account).page.goto(f"{run.office.base}/r/package_items/{item_of(run, code)['id']}/").status == 200
             and PAPERS in run.shown() for account, code in ((COUNTERS["SPJ"], "filing"), (COUNTERS["ZRZY"], "site"), (PLANNING, "fire"))]
    run.keys.skip("#content")
    run.keys.reach(f"main a[href='/files/{file['id']}/']", 120)
    with run.keys.page.expect_download() as waiting:
        run.keys.press("Enter")
    is_same = Path(waiting.value.path()).read_bytes() == paper.read_bytes()
    run.bar.check("each body reads on its own item what was handed in once", all(reads) and is_same, reads)
    stages = Counter(stages_of(run).values())
    run.bar.check("it is handed in once: one item is with its body, twelve wait", stages == {"assigned": 1, "registered": 12}, dict(stages))
    scheduled(run)


def begin(run: Run) -> None:
    """The first item is taken in and decided: six lie at their bodies at once; one of them is told what is missing."""
    item(run, COUNTERS["SPJ"], "filing")
    run.step("accept")
    run.path["filing"].accepted = TODAY
    scheduled(run)
    run.day(TELLING)
    item(run, COUNTERS["SPJ"], "filing")
    run.step("resolve", result="演示：准予备案")
    run.path["filing"].done = TELLING
    at_once = {code for code, stage in stages_of(run).items() if stage == "assigned"}
    wanted = {code for code, step in run.path.items() if step.needs == ["filing"]}
    is_parallel = at_once == wanted and len(wanted) == 6
    run.bar.check("what waited for it alone lies at its bodies on the same day, in parallel", is_parallel, sorted(at_once))
    for code in sorted(at_once - {"eia"}):
        act(run, code, "accept")
    item(run, COUNTERS["SPJ"], "eia")
    run.step("accept")
    for code in at_once:
        run.path[code].accepted = TELLING
    told = run.step("supplement", text="一、公众参与说明；二、总平面图")
    run.bar.check("what is missing is told", "已办理" in told and stages_of(run)["eia"] == "suspended", told)
    run.path["eia"].held = (TELLING, TELLING)
    scheduled(run)
    if run.bar.fault:
        forget(run)


def once(run: Run) -> None:
    """Days pass; the papers are there, and cannot be asked for a second time; the pause has moved only what waits for it."""
    run.day(THERE)
    run.path["eia"].held = (TELLING, THERE)
    scheduled(run)
    item(run, COUNTERS["SPJ"], "eia")
    run.step("resume")
    told = run.step("supplement", text="三、批复的复印件")
    is_refused = stages_of(run)["eia"] == "handling" and f"{TELLING} 已经告知过补正" in told and "不能再次要求" in told
    run.bar.check("a second notice of missing papers is refused, in a sentence", is_refused, told[:80])
    scheduled(run)


def follow(run: Run) -> None:
    """What is decided lets the next ones begin; a department sees its own item in its list, takes it in and decides it."""
    for code in ("site", "land_planning", "scheme"):
        if run.path[code].accepted is None:
            act(run, code, "accept")
            run.path[code].accepted = THERE
        act(run, code, "resolve", result="演示：同意")
        run.path[code].done = THERE
    run.at(PLANNING)
    is_listed = any("市政公用设施报装" in each and LEAD in each for each in run.queue("held"))
    run.bar.check("it is in the department's list, with the project it is about", is_listed)
    run.main(f"td a[href='/r/package_items/{item_of(run, 'utilities')['id']}/']")
    run.step("accept")
    run.path["utilities"].accepted = THERE
    run.bar.check("the department sees nothing of the package itself", run.keys.page.goto(
        f"{run.office.base}/r/packages/{key('reforms.Package', run.package)}/").status in (403, 404))
    scheduled(run)
    parallel = [code for code, stage in stages_of(run).items() if stage in ("assigned", "accepted", "handling")]
    run.bar.check("several run in parallel, at several bodies", len(parallel) == 6, ", ".join(parallel))
    bodies = {item_of(run, code)["holder_id"] for code in parallel}
    run.bar.check("at three bodies", len(bodies) == 3, f"{len(bodies)} bodies")


def finish(run: Run) -> None:
    """The department decides, the others follow; the package is finished with what it took and saved."""
    run.day(LAST)
    item(run, PLANNING, "utilities")
    run.step("resolve", result="演示：同意接入")
    run.path["utilities"].done = LAST
    while left := [code for code, stage in stages_of(run).items() if stage in ("assigned", "accepted", "handling")]:
        for code in left:
            if run.path[code].accepted is None:
                act(run, code, "accept")
                run.path[code].accepted = LAST
            act(run, code, "resolve", result="演示：同意")
            run.path[code].done = LAST
    run.record(OFFICE, "packages", run.package)
    run.step("finish")
    [row], shown = stored("reforms.Package", code=run.package), run.record(OFFICE, "packages", run.package)
    law = path.Path(TODAY, {
        code: path.Step(each["label"], each["statutory"], each.get("needs", [])) for code, each in CATALOGUE.items()}).longest
    taken = next(days for days in range(99) if desks.due(TODAY, days) == LAST)
    kept = (row["statutory_days"], row["promised_days"], row["days_taken"], row["days_saved"])
    one_by_one = sum(step.days for step in run.path.values())
    wanted = f"{taken} 个工作日，节省 {law - taken} 个工作日", f"{run.path.longest} / {one_by_one} 个工作日"
    is_same = kept == (law, run.path.longest, taken, law - taken) and all(each in shown for each in wanted)
    run.bar.check("what it took and saved against the longest path by law, stored and shown", is_same, kept)


def scheduled(run: Run) -> None:
    """Check that the page of the package has the due days that are counted here, in the table as in the picture."""
    run.record(OFFICE, "packages", run.package)
    page, rows, boxes = run.keys.page, {}, set()
    for cells in page.eval_on_selector_all("#path tbody tr", CELLS):
        rows[cells[0].split()[0]] = (cells[8].split()[0], cells[9], cells[1].split()[0])
    for box in page.locator("#path .graph svg > a[href^='/r/package_items/'] > title").all():
        boxes.add(" ".join((box.text_content() or "").split()))
    wanted = {step.title: (f"{run.path.due(code):%m-%d}", f"{step.done:%m-%d}" if step.done else "—") for code, step in run.path.items()}
    differ = {title: (rows.get(title), days) for title, days in wanted.items() if rows.get(title, ())[:2] != days}
    drawn = {f"{title} {stage} {done} 办结" if done != "—" else f"{title} {stage} {day} 到期" for title, (day, done, stage) in rows.items()}
    whole = page.locator("#path dt:has-text('整包到期') + dd strong").inner_text()
    critical = page.locator("#path dt:has-text('关键路径') + dd").inner_text().split(" → ")
    is_whole = whole == f"{run.path.whole}" and run.path.is_critical(critical)
    told = f"{whole}: {' → '.join(critical)}"
    run.bar.check("the package is due along its critical path on the day that is counted here", is_whole, told)
    run.bar.check("so is every item; the picture's 13 links say what the table says", not differ and boxes == drawn and len(boxes) == 13,
              differ or boxes ^ drawn or f"{len(boxes)} boxes")
    kept = {each["item"]: each["resolution_due_on"] for each in items_of(run) if each["stage"] in ("accepted", "handling")}
    wrong = {code: f"{day}" for code, day in kept.items() if day != run.path.due(code)}
    run.bar.check("the stored due days are those", not wrong, wrong or f"{len(kept)} items run")


def items_of(run: Run) -> list[dict[str, Any]]:
    """Return what is stored of the items of the package."""
    return stored("reforms.PackageItem", package__code=run.package)


def item_of(run: Run, code: str) -> dict[str, Any]:
    """Return what is stored of one item."""
    return next(each for each in items_of(run) if each["item"] == code)


def stages_of(run: Run) -> dict[str, str]:
    """Return the stage of each item."""
    return {each["item"]: each["stage"] for each in items_of(run)}


def item(run: Run, account: str, code: str) -> None:
    """Open an item: from the table of the package where somebody sees that, else from the list of items."""
    row = item_of(run, code)
    if account == OFFICE:
        run.record(OFFICE, "packages", run.package)
        run.main(f"td a[href='/r/package_items/{row['id']}/']")
    else:
        run.record(account, "package_items", row["code"])


def act(run: Run, code: str, verb: str, **facts: Any) -> None:
    """Take a step of an item by the product's own action, under the account of its body."""
    from django.db import connection

    from kaifaqu.domains.reforms.models import PackageItem
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import User
    from kaifaqu.kernel.commit import commit

    record = PackageItem.objects.get(package__code=run.package, item=code)
    by = User.objects.get_by_natural_key(COUNTERS[record.holder.code])
    commit([actions.find(f"package_items.{verb}").plan(record, by=by, version=record.row_version, **facts)], by=by)
    connection.close()


def employ(run: Run) -> None:
    """Give the bodies that have no account in the demo one each, with the role of a department."""
    from django.db import connection

    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Credential, Installation, Party, Role, User
    from kaifaqu.kernel.commit import commit

    owner, role = Installation.objects.get().owner, Role.objects.get(code="department")
    for place, (code, account) in enumerate(COUNTERS.items(), 61):
        if not User.objects.filter(code=account).exists():
            facts = {"code": account, "name": f"演示人员 {place:03d}"}
            [user] = commit([actions.find("users.create").plan(owner, by=SYSTEM, facts=facts)], by=SYSTEM)
            member = {"user": user, "party": Party.objects.get(code=code), "role": role, "since": "2024-01-01"}
            commit([actions.find("memberships.create").plan(owner, by=SYSTEM, facts=member)], by=SYSTEM)
            Credential.store(user, run.office.password)
    connection.close()


def forget(run: Run) -> None:
    """Let the package forget, behind the product's back, that it was told what is missing."""
    from django.db import connection

    number = item_of(run, "eia")["id"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reforms_packageitemstep SET kind = 'updated' WHERE kind = 'paused' AND subject_id = %s", [number])
    connection.close()
