"""B5, dispatch: from the workbooks that come back to minutes that both parties have signed, in a real Chromium, by keyboard alone.

The office asks the builders for the month's progress; two workbooks come back and are merged; the dispatch table shows what they
say, and is printed: across, its head on every page, no line torn or cut off. A plan of monthly meetings with the bureau is laid
out; the meeting of the month is opened from the table, its agenda drafted, held with its figures frozen, two decisions made, the
minutes written and signed by both. A third workbook comes: the table follows, the meeting keeps its number. The department does
what was decided, and the next meeting opens with that. Then every page of dispatch and of meetings at two widths, light and dark,
in both languages. The planted fault changes one amount that was merged, behind the product's back.
"""

import io
import re
import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
from bar import Bar

from tests import browser, desks, paper
from tests.desks import due, key, stored

CLERK, HOLDER, DIRECTOR, BUREAU = "projects", "planning", "director", "bureau"
MONTH, TODAY, END = "2024-07", date(2024, 8, 5), date(2024, 7, 31)
REPORTED = {"P0021": ("320", "地基渗水，等待加固方案"), "P0011": ("1500.5", ""), "P0013": ("210", "")}  # done, and what hinders
FIRST, LATER = ("P0021", "P0011"), "P0013"
COLLECTION, PLAN = "键盘收表", "键盘每月调度"
FIGURES = ("projects.under_construction.count", "projects.progress.unreported.count")
DECIDED = {"协调加固方案": ("DEMO-GH", "P0021", date(2024, 8, 16)), "核对入库资料": ("BUREAU", "P0020", date(2024, 8, 20))}
MINUTES = "听取七月投资完成情况。", "议定两件事，下次会上报告。"
RESULT = "加固方案已批，已复工"
DONE, YEAR, HINDERS = "本月完成投资（万元）", "本年累计完成投资（万元）", "存在问题"
WIDTHS = (390, 1280)


class Run(desks.Desks):
    """What one run knows besides its desks: a folder, the workbooks of the units, and the meeting's address."""

    folder: Path
    books: dict[str, bytes]
    meeting = ""

    def sheet(self, account: str) -> str:
        """Open the sheet of the meeting, or look at it again; return what it shows."""
        keys = self.at(account)
        if keys.page.url != self.office.base + self.meeting:
            if not keys.page.locator(f"main a[href='{self.meeting}']").count():
                keys.open_record("/r/meetings/", stored("meetings.Meeting", pk=number_of(self.meeting))[0]["code"])
            keys.skip("#content")
            keys.follow(f"main a[href='{self.meeting}']", 60)
        else:
            keys.page.reload()
        return keys.page.locator("main").inner_text()

    def main(self, link: str, most: int = 60) -> None:
        """Follow a link of the page's content."""
        self.keys.skip("#content")
        self.keys.follow(f"main {link}", most)

    def check_row(self, code: str) -> dict[str, str]:
        """Return the line of a project on the dispatch table that is open, by its columns."""
        page = self.keys.page
        heads = [each.strip() for each in page.locator("table.dispatch thead tr:last-child th").all_inner_texts()]
        cells = page.locator(f"table.dispatch tbody tr:has(td:nth-child(2):has-text('{code}')) td").all_inner_texts()
        return dict(zip(heads, (each.strip() for each in cells), strict=True))


def main() -> None:
    """Do everything by keyboard, then look at every page."""
    with browser.office() as office, browser.chromium() as chrome, tempfile.TemporaryDirectory() as folder:
        run = Run(office, chrome)
        run.folder = Path(folder)
        if run.play(bar, TASKS) and not bar.fault:
            found = desks.look(office, chrome, addresses(run), WIDTHS, whole=bool(bar.size(quick=0, full=1)))
            found.tell(bar, "dispatch and meetings")
    bar.close()


# The month's progress


def collect(run: Run) -> None:
    """Ask the builders of all projects under construction for the month, and fetch their workbooks."""
    keys = run.at(CLERK)
    keys.ledger("/r/progress/")
    run.main("a[href='/collections/new/progress/']")
    run.fill(name=COLLECTION, period=MONTH, due_on="2024-08-09", by="enterprise", stage="under_construction")
    keys.follow("form.card button")
    keys.skip("#content")
    keys.follow("form[method=post] button.main", 80)
    [collection] = stored("sheets.Collection", name=COLLECTION)
    keys.skip("#content")
    keys.reach("main a[href$='/send/']", 12)
    with keys.page.expect_download() as waiting:
        keys.press("Enter")
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        run.books = {name: archive.read(name) for name in archive.namelist()}
    units = stored("sheets.CollectionUnit", collection_id=collection["id"])
    bar.check("a workbook goes to each builder", len(run.books) == len(units) > 10, f"{len(run.books)} workbooks, {len(units)} units")


def merge(run: Run, codes: list[str]) -> None:
    """Hand the workbooks of these projects in, and write them into the ledger."""
    keys = run.at(CLERK)
    files = []
    for code in codes:
        path = run.folder / f"{code}报来.xlsx"
        path.write_bytes(filled(run.books, code))
        files.append(path)
    keys.ledger("/r/collections/")
    keys.search(COLLECTION)
    keys.grid()
    keys.follow()
    run.main("a.main[href^='/collections/']")
    keys.skip("#content")
    keys.reach("main [type=file]", 20)
    keys.choose(files)
    keys.follow("form.drop button")
    run.main("a.main[href$='/merge/']")
    keys.skip("#content")
    keys.follow("main button[name=only-ready], main form button.main", 20)
    there, told = reported(), keys.page.locator("main").inner_text()
    bar.check(f"what came back is in the ledger: {', '.join(codes)}", {*codes} <= {*there}, " ".join(told.split())[:80])


def come_back(run: Run) -> None:
    """Two workbooks come back and are merged as one changeset."""
    merge(run, [*FIRST])
    if bar.fault:
        change_amount("P0011")


def table(run: Run) -> None:
    """The dispatch table shows what the workbooks say, and their sum is the figure's."""
    keys = run.at(CLERK)
    to_table(run)
    for code in REPORTED:
        row, (amount, hinders) = run.check_row(code), REPORTED[code]
        if code == LATER:
            bar.check(f"what has not come back is not told: {code}", row["本月完成"] == "—" and row["形象进度"] == "未报", row["本月完成"])
        else:
            same = Decimal(row["本月完成"]) == Decimal(amount) and hinders in row["存在问题"]
            bar.check(f"the table shows what the workbook says: {code}", same, f"{row['本月完成']}, {row['存在问题']}")
    heads = [each.strip() for each in keys.page.locator("table.dispatch thead tr:last-child th").all_inner_texts()]
    foot = keys.page.locator("table.dispatch tfoot td").nth(heads.index("本月完成")).inner_text()
    bar.check("the sum below is that of the workbooks", Decimal(foot.split()[0]) == sum_of(*FIRST), " ".join(foot.split()))


def to_table(run: Run) -> None:
    """Go to the dispatch table by the navigation; it shows the month that is over."""
    run.keys.skip("#content")
    run.keys.reach("header nav a[href='/dispatch/']", 20, "Shift+Tab")
    run.keys.follow()


def print_table(run: Run) -> None:
    """The table is printed across: its head on every page, each line whole on one of them, nothing beyond the paper."""
    page = run.at(CLERK).page
    run.keys.skip("#content")
    run.keys.reach("button[data-print]", 12)
    run.keys.press("Enter")
    bar.check("the button prints the table", page.evaluate("sessionStorage.getItem('printed')") == "/dispatch/")
    head, rows = paper.table(page, "table.dispatch", by=1)
    sheets = paper.printed(page, run.folder / "dispatch.pdf")
    upright, size = [each for each in sheets if each.width <= each.height], f"{sheets[0].width:.0f} × {sheets[0].height:.0f}"
    bar.check("it is printed across, on more than one sheet", not upright and 1 < len(sheets) < 5, f"{len(sheets)} sheets of {size}")
    torn = paper.torn(sheets, head, rows)
    bar.check("each line stands whole on one sheet, under the whole head", not torn and len(rows) > 10, torn or f"{len(rows)} lines")
    beyond = [word for each in sheets for word in each.beyond]
    bar.check("nothing is cut off", not beyond, beyond[:5] or f"{sum(len(each.text) for each in sheets)} characters")


# From the agenda to signed minutes


def lay_out(run: Run) -> None:
    """Lay out a year of monthly dispatch with the bureau, whose meetings look at two figures."""
    keys = run.at(CLERK)
    keys.ledger("/r/meeting_plans/")
    run.main("a[href='/r/meeting_plans/new/']")
    run.fill(name=PLAN, kind="monthly_dispatch", year="2024", partner=key("kernel.Party", "BUREAU"), document="演示开发区〔2024〕11号")
    keys.follow("form.card button.main")
    run.step("lay_out")
    [component] = stored("meetings.PlanComponent", plan__name=PLAN)
    meetings = stored("meetings.Meeting", component_id=component["id"])
    days = {each["period"]: (each["planned_on"], each["due_on"]) for each in meetings}
    bar.check("twelve meetings are laid out, five and ten working days after their months",
              len(days) == 12 and days[MONTH] == (due(END, 5), due(END, 10)), f"{days[MONTH][0]}, {days[MONTH][1]}")
    keys.open_record("/r/meeting_components/", component["code"])
    run.main("a[href$='/edit/']")
    keys.reach("[name=indicators]")
    keys.page.keyboard.insert_text("\n".join(FIGURES))
    keys.follow("form.card button.main")
    run.meeting = f"/meetings/{next(each['id'] for each in meetings if each['period'] == MONTH)}/"


def agenda(run: Run) -> None:
    """Open the meeting of the month from the table, and draft its agenda: what is red, the figures, the fixed points."""
    run.at(CLERK)
    to_table(run)
    red = {each.split()[0] for each in run.keys.page.locator("tr:has(.light.red) td:nth-child(2)").all_inner_texts()}
    run.main(f"a[href='{run.meeting}']")
    run.step("draft_agenda")
    shown = run.sheet(CLERK)
    topics = run.keys.page.locator("#agenda li").all_inner_texts()
    lost = sorted(code for code in red if not any(code in each and "亮灯事项" in each for each in topics))
    fixed = all(each in shown for each in ("投资完成和形象进度", "需要协调的问题", "下月安排"))
    is_whole = bool(red) and not lost and fixed
    bar.check("what is red on the table stands on the agenda, and the fixed points", is_whole, lost or f"{len(topics)} topics")


def hold(run: Run) -> None:
    """Hold it: its figures are frozen, and stay when another workbook comes."""
    keys = run.at(CLERK)
    run.step("hold", held_on=f"{TODAY}", place="二楼会议室")
    shown = run.sheet(CLERK)
    lacking = len(run.books) + 1 - len(FIRST)
    bar.check("it is held, and looks at how many have not reported", "已召开" in shown and figure(run) == lacking, figure(run))
    merge(run, [LATER])
    to_table(run)
    row = run.check_row(LATER)
    bar.check("the table follows the workbook that came late", Decimal(row["本月完成"]) == Decimal(REPORTED[LATER][0]), row["本月完成"])
    run.sheet(CLERK)
    bar.check("the meeting keeps the number that it looked at", figure(run) == lacking, figure(run))
    run.main("#figures tr:last-child a", 90)
    shown = keys.page.locator("main").inner_text()
    now = keys.page.locator("dl.facts dd").first.inner_text()
    bar.check("and says what it is today", "已不同" in now and now.startswith(f"{lacking - 1}"), " ".join(shown.split())[:90])


def decide(run: Run) -> None:
    """Decide two things, each with who does it and by when; they are cases of the department and of the bureau."""
    for title, (unit, project, until) in DECIDED.items():
        run.sheet(CLERK)
        run.main("#decisions h2 a", 90)
        run.fill(project=key("projects.Project", project), title=title, holder=key("kernel.Party", unit), agreed_on=f"{until}")
        run.keys.follow("form.card button.main")
        [row] = stored("meetings.Decision", title=title)
        kept = (row["meeting_id"], row["holder_id"], row["resolution_due_on"], row["stage"])
        wanted = (number_of(run.meeting), int(key("kernel.Party", unit)), until, "assigned")
        bar.check(f"it is decided who does it by when: {title}", kept == wanted, f"{unit}, {until}")
    run.at(HOLDER)
    bar.check("it is in the department's list", any("协调加固方案" in each for each in run.queue("held")))


def sign(run: Run) -> None:
    """Write the minutes; both parties sign the same content, and nothing is changed after that."""
    run.sheet(CLERK)
    run.keys.skip("#content")
    run.keys.follow(".steps a[href$='/do/minute/']")
    run.keys.type(MINUTES[0])
    run.keys.press("Enter")
    run.keys.page.keyboard.insert_text(MINUTES[1])
    run.keys.follow("form.card button.main")
    [row] = stored("meetings.Meeting", pk=number_of(run.meeting))
    is_written = (row["stage"], row["minutes"]) == ("minuted", "\n".join(MINUTES))
    bar.check("the minutes are written, with their paragraphs", is_written, row["minutes"])
    for account, stage in ((DIRECTOR, "minuted"), (BUREAU, "signed")):
        run.sheet(account)
        run.step("sign")
        [row] = stored("meetings.Meeting", pk=number_of(run.meeting))
        bar.check(f"signed by {account}", row["stage"] == stage, row["stage"])
    signatures = stored("meetings.Signature", meeting_id=number_of(run.meeting))
    same = {each["sha256"] for each in signatures} == {row["sheet_sha256"]}
    bar.check("both parties have signed the same content", same and len({each["party_id"] for each in signatures}) == 2, len(signatures))
    run.sheet(CLERK)
    offered = run.keys.page.locator("#decisions h2 a, .steps a[href$='/do/minute/']").count()
    bar.check("what is signed offers no other decision and no other minutes", not offered)
    run.main("a[href$='/minutes/']")
    text = "".join(each.text for each in paper.printed(run.keys.page, run.folder / "minutes.pdf"))
    days = [f"{until}" for _unit, _project, until in DECIDED.values()]
    wanted = [PLAN, *MINUTES, *DECIDED, *days, row["sheet_sha256"], "演示县统计局"]
    lost = [each for each in wanted if each not in text]
    bar.check("the minutes on paper have decisions, days and signatures", not lost, lost or f"{len(text)} characters")


def fulfil(run: Run) -> None:
    """The department does what was decided, the director verifies, and the next meeting opens with what became of it."""
    [row] = stored("meetings.Decision", title="协调加固方案")
    run.at(HOLDER)
    run.queue("held")
    run.main(f"td a[href='/r/decisions/{row['id']}/']")
    run.step("resolve", result=RESULT)
    run.at(DIRECTOR)
    run.keys.open_record("/r/decisions/", row["code"])
    run.step("verify", text="属实")
    bar.check("it is done and verified", stored("meetings.Decision", title="协调加固方案")[0]["stage"] == "closed")
    [here] = stored("meetings.Meeting", pk=number_of(run.meeting))
    [after] = stored("meetings.Meeting", component_id=here["component_id"], number=here["number"] + 1)
    run.meeting = f"/meetings/{after['id']}/"
    run.sheet(CLERK)
    rows = run.keys.page.locator("#earlier tbody tr").all_inner_texts()
    told = {title: next((" ".join(each.split()) for each in rows if title in each), "") for title in DECIDED}
    is_told = RESULT in told["协调加固方案"] and f"{TODAY}" in told["协调加固方案"] and "交办" in told["核对入库资料"]
    bar.check("the next meeting opens with what became of it", is_told and len(rows) == 2, told)
    run.step("draft_agenda")
    run.sheet(CLERK)
    first = run.keys.page.locator("#agenda li").first.inner_text()
    bar.check("and what is not done is its first topic", "核对入库资料" in first and "上次议定事项" in first, first.split("\n")[0])
    to_table(run)
    row = run.check_row("P0020")
    bar.check("the table lists it beside its project", "核对入库资料，2024-08-20 前" in row["未办结议定事项"], row["未办结议定事项"])


# Every page


def addresses(run: Run) -> dict[str, list[str]]:
    """Return the pages of dispatch and meetings, by the account that opens them."""
    after = number_of(run.meeting)
    [plan] = stored("meetings.MeetingPlan", name=PLAN)
    held = stored("meetings.Meeting", component__plan_id=plan["id"], stage="signed")[0]["id"]
    [open_, done] = [stored("meetings.Decision", title=title)[0]["id"] for title in ("核对入库资料", "协调加固方案")]
    component = stored("meetings.PlanComponent", plan_id=plan["id"])[0]["id"]
    return {
        CLERK: [
            f"/dispatch/?period={MONTH}&all=1", "/dispatch/?period=x", "/dispatch/?period=2024-06&light=red", "/dispatch/message/",
            "/dispatch/stages/", "/dispatch/holders/", "/dispatch/mine/", "/r/briefs/new/draft_letter/", "/meetings/",
            f"/meetings/?plan={plan['id']}", f"/meetings/{held}/", f"/meetings/{after}/", f"/meetings/{held}/minutes/",
            f"/meetings/{after}/minutes/", f"/meetings/{held}/figures/1/", "/r/meeting_plans/", f"/r/meeting_plans/{plan['id']}/",
            f"/r/meeting_components/{component}/", f"/r/meetings/{after}/", f"/r/meetings/{after}/do/hold/",
            f"/r/meetings/{after}/do/cancel/", f"/r/meetings/{held}/do/supplement/", "/r/decisions/", f"/r/decisions/{open_}/",
            f"/r/decisions/{done}/do/reopen/", f"/r/agenda_items/new/?meeting={after}", f"/r/attendances/new/?meeting={after}",
        ],
        DIRECTOR: ["/dispatch/mine/", f"/meetings/{held}/", f"/r/decisions/{open_}/do/remind/"],
        BUREAU: ["/meetings/", f"/meetings/{held}/", f"/r/decisions/{open_}/", "/cases/?kind=held"],
        HOLDER: ["/dispatch/mine/", f"/r/decisions/{done}/"],
    }  # fmt: skip


# What the tasks need


def filled(books: dict[str, bytes], code: str) -> bytes:
    """Return the workbook that has the project's row, with what its builder reports."""
    amount, hinders = REPORTED[code]
    for content in books.values():
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            if any(f"{cell.value}".startswith(code) for cell in row):
                last = stored("projects.ProjectProgress", subject__code=code, month="2024-06")
                row[heads.index(DONE)].value = amount
                row[heads.index(YEAR)].value = f"{last[0]['year_to_date'] + Decimal(amount):f}"
                row[heads.index(HINDERS)].value = hinders or None
                stream = io.BytesIO()
                book.save(stream)
                return stream.getvalue()
    raise LookupError(code)


def figure(run: Run) -> int:
    """Return the second number that the meeting looked at, as its sheet shows it."""
    return int(re.match(r"\d*", run.keys.page.locator("#figures tbody tr:nth-child(2) td:nth-child(2)").inner_text())[0] or -1)


def reported() -> dict[str, Decimal]:
    """Return what the register says of the month, by project."""
    rows = stored("projects.ProjectProgress", month=MONTH)
    codes = {each["id"]: each["code"] for each in stored("projects.Project", id__in=[row["subject_id"] for row in rows])}
    return {codes[row["subject_id"]]: row["month_investment"] for row in rows}


def sum_of(*codes: str) -> Decimal:
    """Return what these builders have reported together."""
    return sum((Decimal(REPORTED[code][0]) for code in codes), Decimal())


def number_of(address: str) -> int:
    """Return the number in the address of a meeting's sheet."""
    return int(address.strip("/").rpartition("/")[2])


def change_amount(code: str) -> None:
    """Change what was merged of a project, behind the product's back."""
    from django.db import connection

    [row] = stored("projects.ProjectProgress", subject__code=code, month=MONTH)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_projectprogress SET month_investment = 1 WHERE id = %s", [row["id"]])
    connection.close()


TASKS = (collect, come_back, table, print_table, lay_out, agenda, hold, decide, sign, fulfil)
bar = Bar("B5_dispatch", __doc__)
if __name__ == "__main__":
    main()
