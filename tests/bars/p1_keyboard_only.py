"""P1: everything that a person does in a week is done by keyboard alone, and the focus is seen wherever it stops.

A real Chromium in which nobody moves a pointer: sign in, import a workbook, correct a cell, take many records a step on and
take that back, keep a view and choose columns, take a project from signing to production with two refusals on the way, open
a figure's records and explain its difference to last month, print the director's page. One address is opened; every other
page is reached by its links. At each stop of the Tab key the element must have a visible outline, lie in the window with
nothing above it, and follow the one before it in reading order; nothing may move by itself where people have asked for
that. Two dialogs are the system's and out of reach: the one that chooses a file is answered for it once the key has opened
it, and the page's PDF stands for paper. The planted fault takes the outline of the focus away.
"""

import subprocess
import tempfile
from pathlib import Path

from bar import Bar

from tests import browser
from tests.keyboard import POINTER, Keys, blind

CLERK, ATTRACTION, DIRECTOR = "projects", "attraction", "director"
LEDGER = "/r/projects/"
INVESTMENT = "projects.under_construction.investment"
NAMES = ["演示键盘一号项目", "演示键盘二号项目", "演示键盘三号项目"]
ROWS = [  # the third has landed already
    ["项目名称", "签约日期", "签约依据", "落地日期", "落地依据", "总投资（万元）"],
    [NAMES[0], "2024-05-10", "协议 1", "", "", 1200],
    [NAMES[1], "2024-05-11", "协议 2", "", "", 2300],
    [NAMES[2], "2024-05-12", "协议 3", "2024-06-12", "备案证 3", 3400],
]


def main() -> None:
    """Do everything in one browser, one task after the other."""
    with browser.office() as office, browser.chromium() as chrome, tempfile.TemporaryDirectory() as folder:
        context = chrome.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        context.add_init_script(POINTER)
        if bar.fault:
            context.route("**/kaifaqu.css", blind)
        page = context.new_page()
        keys = Keys(page)
        page.goto(office.base)
        for task in TASKS:
            keys.begin(task.__name__)
            try:
                task(keys, office.password, Path(folder))
            except LookupError as stuck:
                bar.check(f"the keyboard leads on: {task.__name__}", False, stuck)
                break
        for task, (tabs, others) in keys.presses.items():
            print(f"        {task}: {tabs} times Tab, {others} other keys")
        for fault in keys.faults[:8]:
            print(f"        {fault}")
        bar.check("every stop of the focus is seen, free and in order, and nothing moves by itself", not keys.faults,
                  f"{keys.stops} stops, {len(keys.faults)} faults")
        pointed = page.evaluate("sessionStorage.getItem('pointed')")
        presses = sum(map(sum, keys.presses.values()))
        bar.check("no pointer was used", pointed is None, f"{presses} presses, {pointed or 0} events of a pointer")
    bar.close()


# The tasks


def sign_in(keys: Keys, password: str, _folder: Path) -> None:
    """Sign in, at first with a wrong password."""
    keys.wait("[name=account]")
    keys.type(CLERK)
    keys.reach("[name=password]")
    keys.type("wrong")
    keys.follow()
    told = keys.alert()
    bar.check("a wrong password is said at its field, and the account need not be typed again",
              keys.at("[name=password]") and "口令" in told and keys.page.input_value("[name=account]") == CLERK, told)
    keys.type(password)
    keys.follow()
    bar.check("one is signed in", keys.page.url.endswith("/") and keys.page.locator("h1").count() == 1, keys.page.url)


def import_workbook(keys: Keys, _password: str, folder: Path) -> None:
    """Bring a workbook in."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(folder / "键盘.xlsx")
    keys.ledger(LEDGER)
    keys.skip("#content")
    keys.follow("main a[href$='/import/']")
    bar.check("the typing begins in the first field of a form", keys.at("[name=owner]"))
    keys.reach("[type=file]")
    keys.choose(folder / "键盘.xlsx")
    keys.follow("form.card button.main")
    bar.check("what was found in the workbook has the focus", keys.at("h1"), keys.page.locator("nav.tabs").inner_text().split())
    keys.follow("button[name=write]")
    told = keys.page.locator("#messages").inner_text()
    bar.check("the workbook is in the ledger, and the message has the focus",
              keys.at("#messages") and "新增 3 条" in told and len(projects(name__in=NAMES)) == 3, told)


def correct_cell(keys: Keys, _password: str, _folder: Path) -> None:
    """Correct a project's investment in its cell; leave the dialog once without saving."""
    [project] = projects(code="P0013")
    keys.ledger(LEDGER)
    keys.search("P0013")
    keys.grid()
    keys.go("ArrowRight", "td[data-fact=total_investment]")
    keys.press("F2")
    keys.wait("dialog [name=total_investment]")
    named = keys.page.locator("dialog").get_attribute("aria-label")
    keys.press("Escape")
    bar.check("Esc closes the dialog, which has a name, and leads back to the cell",
              keys.at("td[data-fact=total_investment]") and "P0013" in named, named)
    keys.press("Enter")
    keys.wait("dialog [name=total_investment]")
    keys.type("31500")
    keys.reach("dialog [name=reason]")
    keys.type("按补充协议更正")
    keys.press("Enter")
    keys.wait("td[data-fact=total_investment]", "31500")
    [corrected] = projects(code="P0013")
    told = keys.page.locator("#messages[role=status]").inner_text()
    bar.check("the cell is corrected, has the focus again, and it is said", corrected["total_investment"] == 31500 and "P0013" in told,
              f"{project['total_investment']} to {corrected['total_investment']}; {told}")


def many_and_undo(keys: Keys, _password: str, _folder: Path) -> None:
    """Choose three records with Space, take a step for those that can, and take it back as a whole."""
    keys.ledger(LEDGER)
    keys.search("演示键盘")
    keys.grid()
    keys.press(" ", "ArrowDown", " ", "ArrowDown", " ")
    chosen = keys.page.locator("form.bulk output").inner_text()
    keys.reach("form.bulk [name=verb]", 4, "Shift+Tab")
    keys.press("Home")
    keys.go("ArrowDown", "select:has(option[value=land]:checked)")
    keys.follow("form.bulk button")
    bar.check("three records are chosen with Space, and the step's form begins in its first field",
              "3" in chosen and keys.at("[name=landed_on]"), keys.page.locator("h1").inner_text())
    keys.type("2024-06-20")
    keys.reach("[name=landed_evidence]")
    keys.type("备案证")
    keys.follow()
    told = keys.page.locator(".tally").inner_text().split()
    bar.check("the preview has the focus, and says what can be done and what not",
              keys.at(".tally") and told == ["可以办理", "2", "不能办理", "1"], told)
    keys.follow("button[name=write]")
    told = keys.page.locator("#messages").inner_text()
    bar.check("two have landed together", keys.at("#messages") and stages(NAMES) == ["landed"] * 3, told)
    keys.follow("main a[href$='/do/undo/']")
    keys.type("批量落地有误，整批撤销")
    keys.follow("form.card button.main")
    bar.check("the changeset is taken back as a whole", stages(NAMES) == ["signed", "signed", "landed"], stages(NAMES))


def views_and_columns(keys: Keys, _password: str, _folder: Path) -> None:
    """Keep a search under a name, and choose a column."""
    keys.ledger(LEDGER)
    keys.search("演示键盘")
    keys.skip("#content")
    keys.reach(".views summary")
    keys.press("Enter")
    keys.reach(".views [name=name]")
    keys.press("Escape")
    bar.check("Esc closes a menu and leads back to what opened it",
              keys.at(".views summary") and not keys.page.locator(".views details[open]").count())
    keys.press("Enter")
    keys.reach(".views [name=name]")
    keys.type("键盘项目")
    keys.follow()
    bar.check("a view is kept", keys.page.locator(".views a[aria-current]:has-text('键盘项目')").count() == 1 and keys.at("#messages"))
    keys.reach("#list .menu summary", 40)
    keys.press("Enter")
    keys.reach("#list table *", 12)
    bar.check("a menu closes when it is left", not keys.page.locator("details.menu[open]").count())
    keys.reach("details:has([name=columns]) summary", 14, "Shift+Tab")
    keys.press("Enter")
    keys.reach("[name=columns][value=landed_on]")
    keys.press(" ")
    keys.follow("details[open] button")
    heads = keys.page.locator("thead th").all_inner_texts()
    bar.check("a column is chosen with Space", "落地日期" in heads, heads)


def signing_to_production(keys: Keys, password: str, _folder: Path) -> None:
    """Sign a lead, and take its project on to production; a wrong date and a missing one are refused on the way."""
    lead = negotiated()
    keys.change_person(ATTRACTION, password)
    keys.open_record("/r/leads/", lead)
    step(keys, "sign", signed_on="2024-07-30", signed_evidence="投资协议")
    [project] = projects(lead__code=lead)
    keys.change_person(CLERK, password)
    keys.open_record(LEDGER, project["code"])
    step(keys, "land", landed_on="2024-08-01", landed_evidence="备案证")
    step(keys, "start", started_on="2024-08-02", started_evidence="施工许可证")
    open_step(keys, "produce")
    keys.press("Enter")
    bar.check("without its date a step is not sent, and the focus stands in the field",
              keys.gets("[name=production_on]:invalid") and "/do/produce/" in keys.page.url)
    keys.type("2024-08-01")
    keys.reach("[name=production_evidence]")
    keys.type("投产确认单")
    keys.follow()
    told = keys.alert()
    kept = [keys.page.input_value(f"[name={name}]") for name in ("production_on", "production_evidence")]
    bar.check("a date before the start is refused: said as an alert, with the focus in the field",
              bool(told) and keys.at("[name=production_on][aria-invalid=true]"), told)
    bar.check("what was typed is still there, and the field names its fault",
              kept == ["2024-08-01", "投产确认单"] and described(keys) == told, kept)
    bar.check("nothing was written", stages([project["name"]]) == ["under_construction"])
    keys.type("2024-08-05")
    keys.follow()
    bar.check("the project is in production", stages([project["name"]]) == ["in_production"] and keys.at("#messages"),
              keys.page.locator(".stages").inner_text().split())


def explain_figure(keys: Keys, _password: str, _folder: Path) -> None:
    """Open a figure's records, and what makes it another one than last month."""
    keys.skip("#content")
    keys.reach("header nav a[href='/figures/']", 14, "Shift+Tab")
    keys.follow()
    keys.search("在建项目总投资")
    keys.skip("#content")
    keys.follow(f"main a[href='/figures/{INVESTMENT}/']")
    shown = keys.page.locator(".value").inner_text()
    keys.skip("#content")
    keys.reach("main a[href='#records']")
    keys.press("Enter")
    keys.reach("#records td a", 3)
    count = keys.page.locator("#records tbody tr").count()
    bar.check("a figure's records are one link away", count > 10, f"{shown}, {count} records")
    keys.skip("#content")
    keys.follow("main a[href*='against=']")
    keys.reach("#explained td a", 3)
    told = keys.page.locator("#explained").inner_text()
    bar.check("its difference to last month is explained record by record, with the reason",
              "P0013" in told and "按补充协议更正" in told and "2024-07-31" in told, told.split("\n")[:4])
    keys.follow()
    bar.check("an explained record is opened", keys.page.locator("h1").inner_text().startswith("P0013"))


def print_week(keys: Keys, password: str, folder: Path) -> None:
    """Sign in as the director and print the week."""
    keys.change_person(DIRECTOR, password)
    keys.skip("#content")
    keys.follow("main a[href='/week/']")
    keys.skip("#content")
    keys.reach("button[data-print]", 3)
    keys.press("Enter")
    bar.check("the button prints the page", keys.page.evaluate("sessionStorage.getItem('printed')") == "/week/")
    paper = folder / "week.pdf"
    keys.page.pdf(path=str(paper), prefer_css_page_size=True, print_background=True)
    printed = subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    red = keys.page.locator("article.sheet section:has(h2:has-text('红灯')) li a").all_inner_texts()
    lost = [name for name in red if name.split()[0] not in printed]
    bar.check("the director's week is one page and holds what is red", printed.count("\f") == 1 and red and not lost,
              f"{printed.count(chr(12))} page, {len(red)} red")


# What the tasks need


def open_step(keys: Keys, verb: str) -> None:
    """Open a step's form by its button on the record's page."""
    keys.follow(f".steps a.button[href$='/do/{verb}/']")


def step(keys: Keys, verb: str, **facts: str) -> None:
    """Take a step: its form begins in the first field."""
    open_step(keys, verb)
    for name, text in facts.items():
        if not keys.at(f"[name={name}]"):
            keys.reach(f"[name={name}]")
        keys.type(text)
    keys.follow()
    told = keys.page.locator("#messages").inner_text()
    bar.check(f"a step is taken and said, and the focus stands at the message: {verb}", keys.at("#messages") and "已办理" in told, told)


def described(keys: Keys) -> str:
    """Return the description of what has the focus."""
    return keys.page.evaluate("""() => (document.activeElement.getAttribute("aria-describedby") || "").split(" ")
        .map((id) => document.getElementById(id)).filter(Boolean).map((each) => each.innerText).join(" ")""")


def projects(**asked) -> list[dict]:
    """Return what is stored of some projects."""
    from django.db import connection

    from kaifaqu.registers.projects.models import Project

    found = list(Project.objects.current().filter(**asked).order_by("code").values("id", "code", "name", "stage", "total_investment"))
    connection.close()  # the server writes to the same file
    return found


def stages(names: list[str]) -> list[str]:
    """Return where projects stand, in the order of their names here."""
    found = {each["name"]: each["stage"] for each in projects(name__in=names)}
    return [found[name] for name in names]


def negotiated() -> str:
    """Return the code of a lead in negotiation."""
    from django.db import connection

    from kaifaqu.registers.projects.models import Lead

    code = Lead.objects.current().filter(stage="negotiating").order_by("-code").values_list("code", flat=True)[0]
    connection.close()
    return code


TASKS = (
    sign_in, import_workbook, correct_cell, many_and_undo, views_and_columns, signing_to_production, explain_figure, print_week,
)  # fmt: skip
bar = Bar("P1", __doc__)
if __name__ == "__main__":
    main()
