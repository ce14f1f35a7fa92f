"""G5: a brief is built from a Word template, reviewed, signed, issued and restated in a real Chromium, by keyboard alone.

The Word file is made here as people make them: marks in Chinese punctuation, torn into runs, in cells, in sentences by
condition. First a file full of mistakes is tried, then the right one; a draft with a missing number is refused; the brief is
sent back once, approved, signed with its number. Its Word, PDF and workbook are opened by other programs; a number of the
document opens the records that are counted there, which stand below, written down by hand. Then a record is corrected: the
restatement names it, with the reason, and the file that was issued is still served byte for byte. At last every page of
briefs at three widths, in Chinese and light or in English and dark, with axe at one of them; in the full form in all four ways,
for the director as well, with axe at every width. The planted fault takes one record from behind a number of the frozen
content, behind the product's back.
"""

import hashlib
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bar import Bar

from tests import browser, desks
from tests.keyboard import POINTER, Keys

CLERK, DIRECTOR = "projects", "director"
TEMPLATES, BRIEFS, PROJECTS = "/r/brief_templates/", "/r/briefs/", "/r/projects/"
NAME, PERIOD, NUMBER = "键盘快报", "2024-07", "演开发〔2024〕21号"
CORRECTED, INVESTED, REASON = "P0013", 29000, "按补充协议更正"
COUNT, BEHIND = "15个", {f"P{number:04d}" for number in (6, *range(9, 23))}  # under construction at the end of July
BEFORE, AFTER = "63.47亿元", "64.47亿元"
WRONG = ['数("没有的指标")', '数("在建项目数", 色="红")', '数("在建项目数", 写作="增减")', '清单("在建项目数", 栏目="没有的栏目")']
NAMED = ["没有的指标", "色", "比较", "没有的栏目"]  # what is said about each
WIDTHS = (390, 768, 1280)
FORMATS = ("docx", "pdf", "xlsx")


class Run:
    """What one run knows: the keyboard, the demo's password, a folder, and the files that were issued."""

    def __init__(self, keys: Keys, password: str, folder: Path):
        self.keys, self.password, self.folder = keys, password, folder
        self.code = ""  # of the brief
        self.files: dict[str, Path] = {}

    def person(self, account: str) -> None:
        """Be somebody else, on the page of the brief's record."""
        self.keys.change_person(account, self.password)
        if self.code:
            self.keys.open_record(BRIEFS, self.code)

    def step(self, verb: str, **facts: str) -> str:
        """Take a step of the record that is open, and return what is said then."""
        keys = self.keys
        keys.follow(f".steps a[href$='/do/{verb}/']")
        for name, text in facts.items():
            if not keys.at(f"[name={name}]"):
                keys.reach(f"[name={name}]")
            keys.type(text)
        keys.follow("form.card button.main")
        return f"{keys.alert()} {keys.page.locator('#messages').inner_text()}".strip()

    def document(self) -> None:
        """Go from the record of the brief to its document."""
        self.keys.skip("#content")
        self.keys.follow("main a.main[href^='/briefs/']")

    def download(self, format: str) -> Path:
        """Download a file of the document that is open."""
        self.keys.skip("#content")
        self.keys.reach(f"main a[href$='/file/{format}/']", 12)
        with self.keys.page.expect_download() as waiting:
            self.keys.press("Enter")
        path = self.folder / f"{len(list(self.folder.iterdir()))}.{format}"
        waiting.value.save_as(path)
        return path


def main() -> None:
    """Do everything by keyboard in one browser, then look at every page."""
    with browser.office() as office, browser.chromium() as chrome, tempfile.TemporaryDirectory() as folder:
        context = chrome.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        context.add_init_script(POINTER)
        page = context.new_page()
        keys = Keys(page)
        run = Run(keys, office.password, Path(folder))
        page.goto(office.base)
        for part in PARTS:
            for task in part:
                keys.begin(task.__name__)
                try:
                    task(run)
                except LookupError as stuck:
                    bar.check(f"the keyboard leads on: {task.__name__}", False, stuck)
                    break
        for fault in keys.faults[:8]:
            print(f"        {fault}")
        bar.check("every stop of the focus is seen, free and in order", not keys.faults, f"{keys.stops} stops, {len(keys.faults)} faults")
        pointed = page.evaluate("sessionStorage.getItem('pointed')")
        bar.check("no pointer was used", pointed is None, f"{sum(map(sum, keys.presses.values()))} presses")
        if not bar.fault:
            people = {account: addresses() for account in (CLERK, DIRECTOR)[:bar.size(quick=1, full=2)]}
            desks.look(office, chrome, people, WIDTHS, whole=bar.full).tell(bar, "briefs")
    bar.close()


# A brief, from its template to its restatement


def build_template(run: Run) -> None:
    """Create a template, attach a Word file full of mistakes, try it, and attach the right one."""
    keys = run.keys
    keys.wait("[name=account]")
    keys.type(CLERK)
    keys.reach("[name=password]")
    keys.type(run.password)
    keys.follow()
    keys.ledger(TEMPLATES)
    keys.skip("#content")
    keys.follow(f"main a[href='{TEMPLATES}new/']")
    keys.reach("[name=name]")
    keys.type(NAME)
    keys.follow("form.card button.main")
    bar.check("a template is created without a text", keys.at("#messages") and NAME in keys.page.locator("h1").inner_text())
    attach(run, "错.docx", [f"{{{{ {mark} }}}}" for mark in WRONG])
    attempt(run)
    told = keys.page.locator("[role=alert]").all_inner_texts()
    unsaid = [word for word in NAMED if not any(word in each for each in told)]
    bar.check("all that is wrong with a template is said at once", not unsaid and len(told) == len(WRONG),
              f"{len(told)} told, {unsaid or 'none'} unsaid")
    bar.check("no brief is drafted from it", not keys.page.locator("a[href*='/r/briefs/new/']").count())
    keys.skip("#content")
    keys.follow("main a[href^='/r/brief_templates/']:not([href='/r/brief_templates/'])")
    attach(run, "对.docx")


def attach(run: Run, name: str, lines: list[str] | None = None) -> None:
    """Attach a Word file to the template whose record is open."""
    keys = run.keys
    (wrong if lines else right)(run.folder / name, lines or [])
    keys.skip("#content")
    keys.reach("#files [type=file]", 20)
    keys.choose(run.folder / name)
    keys.follow("#files form button")
    bar.check(f"a Word file is attached: {name}", name in keys.page.locator("#files").inner_text())


def attempt(run: Run) -> None:
    """Try the template whose record is open for the period."""
    keys = run.keys
    keys.skip("#content")
    keys.follow("main a[href^='/briefs/templates/']")
    if not keys.at("[name=period]"):
        keys.reach("main [name=period]")
    keys.type(PERIOD)
    keys.follow()


def draft(run: Run) -> None:
    """Try the template, see the document, and draft a brief from it."""
    keys = run.keys
    attempt(run)
    shown = keys.page.locator("article").inner_text()
    told = [COUNT, BEFORE, "增加1个", "在建项目比上年同期多", "一、总体情况", "环保油墨生产项目"]
    bar.check("a trial shows text, headings, tables, lists and charts with their numbers",
              not keys.alert() and all(each in shown for each in told) and "{" not in shown
              and keys.page.locator("article table").count() == 2 and keys.page.locator("article img.chart").count() == 1,
              [each for each in told if each not in shown])
    keys.skip("#content")
    keys.follow("main a[href^='/r/briefs/new/']")
    filled = keys.page.input_value("[name=period]"), keys.page.locator("[name=template] option:checked").inner_text()
    bar.check("the draft's form knows template and period", filled[0] == PERIOD and NAME in filled[1], filled)
    keys.follow("form.card button.main")
    [found] = briefs(template__name=NAME)
    run.code = found["code"]
    bar.check("a brief is drafted", found["stage"] == "draft" and run.code in keys.page.locator("h1").inner_text(), run.code)


def miss_a_number(run: Run) -> None:
    """Empty a project's investment: the draft is not sent, and the project is named; then put it back."""
    keys = run.keys
    correct(run, "", "金额存疑")
    keys.open_record(BRIEFS, run.code)
    told = run.step("submit")
    bar.check("a draft with a missing number is not sent, and the record is named",
              "还不能送审" in told and CORRECTED in told and briefs(code=run.code)[0]["stage"] == "draft", told[:160])
    correct(run, str(INVESTED), "金额已核对")


def correct(run: Run, amount: str, reason: str) -> None:
    """Correct the investment of a project in its cell."""
    keys = run.keys
    keys.ledger(PROJECTS)
    keys.search(CORRECTED)
    keys.grid()
    keys.go("ArrowRight", "td[data-fact=total_investment]")
    keys.press("F2")
    keys.wait("dialog [name=total_investment]")
    keys.type(amount)
    if not amount:
        keys.press("Delete")
    keys.reach("dialog [name=reason]")
    keys.type(reason)
    keys.press("Enter")
    keys.wait("td[data-fact=total_investment]", amount or "—")


def review(run: Run) -> None:
    """Send to review, be sent back with a reason, send again, and be approved by the director."""
    keys = run.keys
    keys.open_record(BRIEFS, run.code)
    told = run.step("submit")
    bar.check("the draft is sent to review, and it is said", keys.at("#messages") and "已办理" in told, told)
    run.person(DIRECTOR)
    told = run.step("send_back", reason="请再核对签约数")
    bar.check("the director sends it back", "已办理" in told and briefs(code=run.code)[0]["stage"] == "draft", told)
    run.person(CLERK)
    told = keys.page.locator("#past").inner_text()
    bar.check("the drafter reads why", "请再核对签约数" in told)
    run.step("submit")
    if bar.fault:
        drop_a_record(run.code)
    run.person(DIRECTOR)
    told = run.step("review")
    bar.check("the director approves it", "已办理" in told and briefs(code=run.code)[0]["stage"] == "reviewed", told)


def issue(run: Run) -> None:
    """Sign and issue it; without its number nothing is sent."""
    keys = run.keys
    keys.follow(".steps a[href$='/do/issue/']")
    keys.press("Enter")
    bar.check("without its number it is not signed, and the focus stands in the field", keys.gets("[name=number]:invalid"))
    keys.type(NUMBER)
    keys.follow("form.card button.main")
    told = f"{keys.alert()} {keys.page.locator('#messages').inner_text()}".strip()
    [found] = briefs(code=run.code)
    bar.check("it is issued", found["stage"] == "issued" and found["number"] == NUMBER and "已办理" in told, told)


def files(run: Run) -> None:
    """Download Word, PDF and workbook, and read them with other programs."""
    import docx
    import openpyxl

    run.document()
    run.files = {format: run.download(format) for format in FORMATS}
    [found] = briefs(code=run.code)
    kept = [found[column] for column in ("word_sha256", "pdf_sha256", "annex_sha256")]
    bar.check("each file has the hash that was kept", [digest(run.files[format]) for format in FORMATS] == kept)
    word = docx.Document(str(run.files["docx"]))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(each.text for each in word.paragraphs), *cells])
    bar.check("the Word file has numbers and no marks", not re.search(r"\{\{|\{%|[\ue000-\ue003]|〔缺数〕", text)
              and all(each in text for each in (COUNT, BEFORE, "在建项目比上年同期多", "环保油墨生产项目")), text[:60])
    bar.check("it keeps its own styles", {"Title", "Heading 1"} <= {each.style.name for each in word.paragraphs})
    notes = next((part.blob.decode() for part in word.part.package.iter_parts() if "footnotes" in str(part.partname)), "")
    bar.check("its footnotes lead back to the numbers", f"{run.code}-1" in notes and "期末已开工" in notes, notes.count("<w:footnote "))
    told = ["pdftotext", "-layout", str(run.files["pdf"]), "-"]
    printed = "".join(subprocess.run(told, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout.split())
    wanted = (COUNT, BEFORE, NUMBER, f"{run.code}-1", "环保油墨生产项目")
    bar.check("the PDF says the same", all(each in printed for each in wanted), [each for each in wanted if each not in printed])
    book = openpyxl.load_workbook(run.files["xlsx"])
    values = {str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value is not None}
    lost = sorted(code for code in BEHIND if not any(code in value for value in values))
    bar.check("the workbook lists every record behind", not lost, f"{len(book.sheetnames)} sheets, {lost or 'none'} lost")


def trace(run: Run) -> None:
    """Open a number of the document, and its records; find it once more by the code that stands on paper."""
    keys = run.keys
    keys.skip("#content")
    keys.follow("article .number-of a", 12)
    shown = keys.page.locator("h1").inner_text()
    codes = set(keys.page.locator("main table tbody td:first-child").all_inner_texts())
    bar.check("a number opens the records that it counts", shown.startswith(COUNT) and codes == BEHIND,
              f"{shown}, {len(codes)} records, {sorted(codes ^ BEHIND) or 'all of them'}")
    address = keys.page.url
    keys.ledger(BRIEFS)
    keys.skip("#content")
    keys.follow("main a[href='/briefs/trace/']")
    keys.type(f"{run.code}-1")
    keys.follow()
    bar.check("the code on paper leads to the same page", keys.page.url == address, keys.page.url)
    keys.skip("#content")
    keys.follow("main a.button[href^='/figures/']")
    bar.check("and on to the figure as it was known", COUNT.removesuffix("个") in keys.page.locator(".value").inner_text())


def restate(run: Run) -> None:
    """Correct a record, restate the brief, and read what differs and why; the earlier file is served as it was."""
    keys = run.keys
    run.code, earlier = "", run.code
    run.person(CLERK)
    correct(run, str(INVESTED + 10_000), REASON)
    keys.open_record(BRIEFS, earlier)
    told = run.step("restate", reason="投资额有误")
    [found] = briefs(restates__code=earlier)
    run.code = found["code"]
    bar.check("a restatement is drafted", found["stage"] == "draft", told)
    keys.open_record(BRIEFS, run.code)
    run.step("submit")
    run.document()
    keys.skip("#content")
    keys.follow("main a[href$='/differences/']", 12)
    shown = keys.page.locator("main").inner_text()
    wanted = (BEFORE, AFTER, CORRECTED, REASON)
    bar.check("the differences name the number, the record and the reason", all(each in shown for each in wanted),
              [each for each in wanted if each not in shown])
    counted = [each for each in keys.page.locator("main section h2").all_inner_texts() if each.startswith("在建项目数")]
    bar.check("what does not differ is not listed", not counted, counted)
    keys.open_record(BRIEFS, earlier)
    run.document()
    again = {format: digest(run.download(format)) for format in FORMATS}
    bar.check("the earlier files are served byte for byte", again == {format: digest(path) for format, path in run.files.items()})
    bar.check("the earlier brief names no restatement before that is issued", keys.page.locator("main .message").count() == 0)
    run.person(DIRECTOR)
    for step, facts in (("review", {}), ("issue", {"number": f"{NUMBER}更正"})):
        keys.open_record(BRIEFS, run.code)
        run.step(step, **facts)
    keys.open_record(BRIEFS, earlier)
    run.document()
    bar.check("the earlier brief names its restatement", run.code in keys.page.locator("main .message").inner_text())


# Every page, at every width


def unknown(page: Any) -> str:
    """Ask the browser's page for a brief that there is not."""
    page.goto(urljoin(page.url, "/briefs/trace/?code=JB-1"))
    return "a brief that there is not"


def addresses() -> list[Any]:
    """Return the addresses of every page of briefs: of issued ones, a restatement and a draft, and of the latest template or all."""
    from django.db import connection

    from kaifaqu.files.models import Content
    from kaifaqu.reporting.briefs.models import BriefTemplate

    templates = [each.pk for each in BriefTemplate.objects.current().order_by("-id")][:bar.size(quick=1, full=9)]
    found = [BRIEFS, f"{BRIEFS}new/", TEMPLATES, f"{TEMPLATES}new/", "/briefs/trace/", unknown, "/briefs/marks/",
             "/briefs/marks/?figure=projects.under_construction.investment&against=上年同期&style=增减&own=2024-07",
             "/briefs/marks/?figure=projects.under_construction.count&style=增减"]
    for pk in templates:
        found += [f"{TEMPLATES}{pk}/", f"/briefs/templates/{pk}/?period={PERIOD}", f"/briefs/templates/{pk}/?period=x"]
    for each in briefs():
        found += [f"{BRIEFS}{each['id']}/", f"/briefs/{each['id']}/", f"/briefs/{each['id']}/numbers/0/"]
        numbers = Content.read(each["content_sha256"])["numbers"] if each["content_sha256"] else []
        facts = [place for place, number in enumerate(numbers) if not number["code"]]  # of records that are listed
        found += [f"/briefs/{each['id']}/numbers/{place}/" for place in facts[:1]]
        if each["stage"] == "issued" or each["restates"]:
            found.append(f"/briefs/{each['id']}/differences/")
    connection.close()
    return found


# What the tasks need


def right(path: Path, _lines: list[str]) -> None:
    """Write a Word file as an office has it: marks in Chinese punctuation, in several runs, in cells and by condition."""
    import docx

    word = docx.Document()
    word.add_heading("{{ 单位 }}{{ 本期 }}项目快报", 0)
    word.add_heading("总体情况", 1)
    torn = word.add_paragraph("到{{ 期间（“期末”） }}，在建项目{")
    torn.add_run("{ 数（“在建").bold = True
    torn.add_run("项目数”）").italic = True
    torn.add_run(" }}，计划总投资{{ 数（“在建项目总投资”，单位＝“亿元”，位数＝2） }")
    torn.add_run("}，比上月{{ 数(\"在建项目数\", 比较=\"上月\", 写作=\"增减量\") }}。").bold = True
    word.add_paragraph("{% 如果 数（“在建项目数”，比较＝“上年同期”）.增长 %}在建项目比上年同期多。{% 否则 %}在建项目没有增加。{% 完 %}")
    table = word.add_table(rows=3, cols=2, style="Table Grid")
    for place, (name, mark) in enumerate([
        ("指标", "数值"), ("在建项目数", "{{ 数（“在建项目数”） }}"), ("计划总投资", "{{ 数(\"在建项目总投资\", 单位=\"亿元\") }}"),
    ]):
        table.cell(place, 0).text, table.cell(place, 1).text = name, mark
    word.add_heading("本月开工", 1)
    word.add_paragraph("{{ 清单(\"期内开工项目数\", 栏目=\"编号,项目名称,开工日期\", 题=\"本月开工项目\") }}")
    word.add_paragraph("{{ 图(\"在建项目总投资\", 月数=6, 单位=\"亿元\") }}")
    word.save(str(path))


def wrong(path: Path, lines: list[str]) -> None:
    """Write a Word file of lines."""
    import docx

    word = docx.Document()
    for line in lines:
        word.add_paragraph(line)
    word.save(str(path))


def digest(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def briefs(**asked: Any) -> list[dict[str, Any]]:
    """Return what is stored of some briefs."""
    from django.db import connection

    from kaifaqu.reporting.briefs.models import Brief

    found = list(Brief.objects.current().filter(**asked).order_by("code").values())
    connection.close()  # the server writes to the same file
    return [{**each, "restates": each["restates_id"]} for each in found]


def drop_a_record(code: str) -> None:
    """Take a record from behind the first number of the frozen content, and make the hashes fit."""
    from django.db import connection

    from kaifaqu.files.models import Content
    from kaifaqu.reporting.briefs.models import Brief

    content = Content.read(Brief.objects.current().get(code=code).content_sha256)
    content["numbers"][0]["records"].pop()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE briefs_brief SET content_sha256 = %s WHERE code = %s", [Content.keep(content), code])
    connection.close()


BRIEF = (build_template, draft, miss_a_number, review, issue, files, trace, restate)
PARTS = (BRIEF,)
bar = Bar("G5", __doc__)
if __name__ == "__main__":
    main()
