"""B5: an enterprise's issue goes its whole way in a real Chromium, by keyboard alone, on a phone where it is the enterprise's.

The office makes a link; the enterprise, which has no account, opens it at 390 px and reports. The office accepts and assigns,
the department answers and asks for more time, the director grants it; it is paused and resumed, days pass, the worker that runs
beside the pages raises its level; it is solved, disputed by the link, solved again, verified, and confirmed by the link. At
each step the database and the page must say the same, and the due day is counted here once more on the calendar of the
library `holidays`. Then every page of cases, issues and links at two widths, light and dark, in both languages. The planted
fault changes the enterprise's satisfaction on its way to the office.
"""

import re
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bar import Bar

from tests import browser, desks, paper
from tests.desks import due, key, stored

CLERK, HOLDER, DIRECTOR, SYSADMIN, ENTERPRISE, PHONE = "projects", "planning", "director", "sysadmin", "enterprise", "phone"
ISSUES, LINKS = "/r/issues/", "/r/issue_links/"
TITLE, COMPANY, UNIT = "键盘报来的水压不够", "Q0005", "DEMO-GH"
OPENED, PAUSED, RESUMED = date(2024, 8, 5), date(2024, 8, 7), date(2024, 8, 9)
HOLDS, GONE = date(2024, 9, 30), date(2024, 10, 1)
TIME, MORE, SUPERVISED = 10, 5, 5  # working days: to solve an issue, granted, and after the due day before it is supervised
BASIS = "行政许可法第四十五条"
WIDTHS = (390, 1280)
SATISFIED = {"fair": "基本满意"}
WENT = [  # what happened, and by whom
    ("accepted", CLERK), ("assigned", CLERK), ("responded", HOLDER), ("asked", HOLDER), ("granted", DIRECTOR), ("paused", CLERK),
    ("resumed", CLERK), ("resolved", HOLDER), ("disputed", "link"), ("responded", HOLDER), ("asked", CLERK), ("declined", DIRECTOR),
    ("resolved", HOLDER), ("verified", CLERK), ("confirmed", "link"),
]  # fmt: skip


class Run(desks.Desks):
    """What one run knows besides its desks: the link's address and the issue's code."""

    link = code = ""

    def issue(self, account: str) -> str:
        """Open the issue at somebody's desk, or look at it again; return what is in its clock strip."""
        keys = self.at(account)
        if self.code in keys.page.title():
            keys.page.reload()
        else:
            keys.open_record(ISSUES, self.code)
        return strip(keys.page)

    def phone(self) -> Any:
        """Open the link's address on the phone; return its page."""
        self.keys = self.desks.get(PHONE) or self.open(PHONE, desks.PHONE)
        self.keys.page.goto(self.link)
        self.keys.skip("#content")
        return self.keys.page

    def answer(self, what: str, **facts: str) -> str:
        """Fill in one of the link's forms on the phone and send it; return what is said."""
        self.fill(**{f"{what}__{name}": text for name, text in facts.items()})
        self.keys.follow(f"form:has([name=do][value={what}]) button")
        return self.keys.page.locator("main .message").first.inner_text()

    def day(self, to: date) -> None:
        """Let the demo stand on another day, by the form above every page of whoever may do that."""
        keys = self.at(SYSADMIN)
        keys.page.goto(self.office.base)
        keys.reach("aside [name=demo_day]", 12)
        self.fill(demo_day=f"{to}")
        keys.reach("aside button", 6)
        keys.follow()
        keys.page.wait_for_timeout(1200)  # each process reads the day once a second
        keys.page.reload()
        bar.check(f"the demo stands on {to}", f"{to}" in keys.page.locator("aside.demo").inner_text())

    def stands(self, stage: str, label: str, due: date | None, **facts: Any) -> None:
        """Check that the database and the page that is open say where the issue stands, and when it is due."""
        [row], page = issues(code=self.code), self.keys.page
        shown, clocks = page.locator("main h1").inner_text(), strip(page)
        wrong = {name: row[name] for name, value in {"stage": stage, "resolution_due_on": due, **facts}.items() if row[name] != value}
        bar.check(f"stored and shown: {label}, due on {due}", not wrong and label in shown and (due is None or f"{due}" in clocks),
                  wrong or " ".join(clocks.split())[:80])


def main() -> None:
    """Do everything by keyboard, then look at every page."""
    with browser.office() as office, browser.chromium() as chrome:
        run = Run(office, chrome)
        if run.play(bar, TASKS) and not bar.fault:
            found = desks.look(office, chrome, addresses(run), WIDTHS, whole=bool(bar.size(quick=0, full=1)))
            found.tell(bar, "cases, issues and links")
    bar.close()


# From the link to the confirmation


def make_link(run: Run) -> None:
    """Make a link for an enterprise, and print the sheet that is handed over."""
    keys = run.at(CLERK)
    keys.ledger(ISSUES)
    keys.skip("#content")
    keys.follow("main a[href='/r/issue_links/new/']")
    run.fill(enterprise=key("organisations.Enterprise", COMPANY), addressee="演示联系人", expires_on=f"{HOLDS}")
    keys.follow("form.card button.main")
    told = keys.page.locator("textarea.copied").input_value()
    run.link = (re.search(r"http\S+/l/[\w-]{43}/", told) or [""])[0]
    [link] = links(enterprise__code=COMPANY)
    is_made = run.link.startswith(run.office.base) and run.link.split("/")[-2] not in f"{link}" and link["expires_on"] == HOLDS
    bar.check("a link is made, its address shown this once and not kept with it", is_made, told[:60])
    with tempfile.TemporaryDirectory() as folder:
        sheets = paper.printed(keys.page, Path(folder) / "link.pdf")
    text, wanted = sheets[0].text, [run.link, link["code"], f"{HOLDS}", "不满意", "签字、日期", "请不要转发给别人"]
    lost = [each for each in wanted if each not in text] + sheets[0].beyond
    bar.check("the sheet is one page of A4, with the whole address", len(sheets) == 1 and not lost,
              f"{len(sheets)} sheets, {lost or 'nothing'} lost")


def report(run: Run) -> None:
    """Report an issue by the link, on a phone, without an account; nothing is sent without what is asked for."""
    page = run.phone()
    run.keys.reach("form.card button")
    run.keys.press("Enter")
    is_held = run.keys.gets("[name=report-category]:invalid") and not issues(title=TITLE)
    bar.check("what is missing has the focus, and nothing is written", is_held)
    run.fill(report__category="water", report__title=TITLE)
    run.keys.reach("[name=report-demand]")
    run.keys.type("三楼以上用水高峰没有水，希望协调供水公司。")
    said = run.answer("report")
    [row] = issues(title=TITLE)
    run.code = row["code"]
    facts = (row["channel"], row["opened_on"], row["stage"], row["category"], row["response_due_on"])
    bar.check("an issue is reported by link, and opened now", facts == ("link", OPENED, "registered", "water", due(OPENED, 2)), facts)
    run.stands("registered", "登记", due(OPENED, TIME))
    bar.check("the phone says so, and what is left", "已经提出" in said and f"还有 {TIME} 个工作日" in strip(page), said)


def assign(run: Run) -> None:
    """Accept the issue and give it to the department, which finds it among its own."""
    run.at(CLERK)
    bar.check("it waits for the office", any(TITLE in each for each in run.queue("office")))
    run.issue(CLERK)
    run.step("accept")
    run.stands("accepted", "受理", due(OPENED, TIME))
    run.step("assign", holder=key("kernel.Party", UNIT), text="请按期办理")
    run.stands("assigned", "交办", due(OPENED, TIME), holder_id=int(key("kernel.Party", UNIT)), person_id=None)
    run.at(HOLDER)
    bar.check("it is in the department's list", any(TITLE in each for each in run.queue("held")))
    run.keys.skip("#content")
    run.keys.follow(f"main td a[href='{record(run.code)}']", 40)
    bar.check("and is opened from there", run.code in run.keys.page.locator("h1").inner_text())


def respond_and_extend(run: Run) -> None:
    """The department answers and asks for more time, which it cannot grant; the director does."""
    run.issue(HOLDER)
    told = run.step("respond", text="已联系供水公司，周三到厂")
    run.stands("handling", "办理中", due(OPENED, TIME), responded_on=OPENED, response_late=False)
    bar.check("a step is said, and the focus stands at the message", "已办理" in told and run.keys.at("#messages"), told)
    run.step("ask", amount=f"{MORE}", text="等待加压设备到货")
    run.stands("handling", "办理中", due(OPENED, TIME), asked=MORE)
    bar.check("nobody offers the department to grant it", not run.keys.page.locator("a[href$='/do/grant/']").count())
    run.issue(DIRECTOR)
    run.step("grant")
    run.stands("handling", "办理中", due(OPENED, TIME + MORE), asked=None)


def pause_and_resume(run: Run) -> None:
    """It stands still for a reason and on a basis: those days do not count."""
    run.day(PAUSED)
    run.issue(CLERK)
    run.step("pause", text="等待水质检测", basis=BASIS)
    run.stands("suspended", "挂起", None)
    told = run.keys.page.locator("#steps").inner_text()
    bar.check("it is said why it stands still", BASIS in told and "中止期间不计" in strip(run.keys.page))
    run.day(RESUMED)
    run.issue(CLERK)
    run.step("resume")
    run.stands("handling", "办理中", due(OPENED, TIME + MORE, held=(PAUSED, RESUMED)))


def escalate(run: Run) -> None:
    """Days pass, and the level rises without anybody asking."""
    until = due(OPENED, TIME + MORE, held=(PAUSED, RESUMED))
    moments = {until: "yellow", due(until, SUPERVISED): "supervise"}
    for day, level in [*moments.items()][-bar.size(quick=1, full=2):]:
        run.day(day)
        clocks = run.issue(DIRECTOR)
        [row] = issues(code=run.code)
        bar.check(f"it has come to its level: {level}", row[f"{level}_on"] == day, f"{row[f'{level}_on']}")
    is_said = "督办" in clocks and f"已超 {SUPERVISED} 个工作日" in clocks
    bar.check("the page says so, and by how much it is late", is_said, " ".join(clocks.split())[:80])
    rows = run.queue("overdue")
    is_there = any(TITLE in each and "督办" in each and "超期" in each for each in rows)
    bar.check("it stands among what is overdue", is_there, f"{len(rows)} rows")


def dispute(run: Run) -> None:
    """It is solved late; the enterprise says by its link that it is not, and the whole time begins anew."""
    today = due(due(OPENED, TIME + MORE, held=(PAUSED, RESUMED)), SUPERVISED)
    run.issue(HOLDER)
    run.step("resolve", result="已接通临时增压泵")
    run.stands("resolved", "办结待核", due(OPENED, TIME + MORE, held=(PAUSED, RESUMED)), resolution_late=True, supervise_on=today)
    page = run.phone()
    bar.check("the phone shows what was done", "已接通临时增压泵" in page.locator("main").inner_text())
    said = run.answer("dispute", text="晚上还是没有水")
    run.stands("assigned", "交办", due(today, TIME), reopened=1, resolved_on=None, satisfaction="",
               supervise_on=due(due(today, TIME), SUPERVISED))
    bar.check("the phone says that it is done again", "重新计算" in said and "重办次数" in strip(page), said)
    run.issue(HOLDER)
    bar.check("the department reads why", "晚上还是没有水" in run.keys.page.locator("#steps").inner_text())
    run.step("respond", text="更换加压泵")


def own_request(run: Run) -> None:
    """The office asks for more time itself, which it may not grant itself; the director declines."""
    run.issue(CLERK)
    run.step("ask", amount="3", text="备件未到")
    told = run.step("grant")
    bar.check("nobody grants what he asked for himself", "由本人办理" in told and issues(code=run.code)[0]["asked"] == 3, told[:60])
    run.issue(DIRECTOR)
    run.step("decline", text="备件已在途中")
    run.stands("handling", "办理中", due(due(due(OPENED, TIME + MORE, held=(PAUSED, RESUMED)), SUPERVISED), TIME), asked=None)


def confirm(run: Run) -> None:
    """It is solved and verified, and the enterprise confirms it by its link, with its satisfaction."""
    until = issues(code=run.code)[0]["resolution_due_on"]
    run.issue(HOLDER)
    run.step("resolve", result="已更换加压泵，水压正常")
    run.issue(CLERK)
    run.step("verify", text="现场核实")
    run.stands("verified", "待回访", until, resolution_late=False)
    bar.check("it waits for the enterprise's word", any(TITLE in each for each in run.queue("back")))
    page = run.phone()
    if bar.fault:
        page.route("**/l/**", another_word)
    [(value, label)] = SATISFIED.items()
    said = run.answer("confirm", satisfaction=value, text="谢谢")
    run.stands("closed", "销号", until, satisfaction=value, word="link", reopened=1)
    bar.check("the phone thanks, and has nothing more to ask", "谢谢" in said and not page.locator("main form").count(), said)
    run.issue(CLERK)
    bar.check("the office reads how satisfied the enterprise is", label in run.keys.page.locator("#facts").inner_text().split())
    went = [(kind, re.sub(":.*", "", actor)) for kind, actor in steps(run.code)]
    bar.check("what happened is kept, in order, each by whoever did it", went == WENT, went if went != WENT else f"{len(went)} steps")


def expire(run: Run) -> None:
    """The link shows what is closed until its last day, and then says that it is over."""
    page = run.phone()
    bar.check("the link shows the closed issue", "销号" in page.locator("h1").inner_text() and TITLE in page.title(), page.title())
    run.day(GONE)
    page = run.phone()
    shown = page.locator("main").inner_text()
    is_over = f"{HOLDS}" in shown and TITLE not in page.content()
    bar.check("an expired link shows nothing of it, and says since when", is_over, shown.split("\n")[-1])


# Every page


def addresses(run: Run) -> dict[str, list[Any]]:
    """Return the pages of cases, issues and links, by the account that opens them."""
    queues = {
        CLERK: ("office", "back", "overdue", "halted", "open"), HOLDER: ("held",), DIRECTOR: ("open",), ENTERPRISE: ("confirm", "open"),
    }  # fmt: skip
    found: dict[str, list[Any]] = {account: [f"/cases/?kind={kind}" for kind in kinds] for account, kinds in queues.items()}
    found[CLERK] += [ISSUES, f"{ISSUES}new/", LINKS, f"{LINKS}new/", link_made, record(run.code)]
    verbs = {
        "ND0017": ("accept", "assign", "refuse", "route", "respond"), "ND0012": ("resume",),
        "ND0016": ("pause", "put_off", "ask", "resolve"), "ND0014": ("verify", "send_back"), run.code: ("reopen",),
    }  # fmt: skip
    for code, offered in verbs.items():
        found[CLERK] += [record(code), *(f"{record(code)}do/{verb}/" for verb in offered)]
    found[HOLDER] += [record("ND0016"), f"{record('ND0016')}do/update/", f"{record('ND0016')}do/object/"]
    found[ENTERPRISE] += [f"{ISSUES}new/report/", record("ND0014"), f"{record('ND0014')}do/confirm/", f"{record('ND0014')}do/dispute/"]
    found[""] = [run.link, "/l/nothing/", *(link_for(code, run) for code in ("", "ND0016", "ND0014", run.code))]
    return found


def link_made(page: Any) -> str:
    """Make a link, and stay on the page that shows it."""
    page.goto(page.url.partition("/r/")[0].partition("/cases/")[0].rstrip("/") + f"{LINKS}new/")
    page.select_option("[name=enterprise]", index=2)
    page.click("form.card button.main")
    return "link made"


def link_for(code: str, run: Run) -> str:
    """Return the address of a new link: for the issue, or to report one."""
    from django.db import connection
    from django.urls import reverse

    from kaifaqu.cases.links import hashed, new_secret
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.registers.issues.models import Issue
    from kaifaqu.registers.organisations.models import Enterprise

    secret, by = new_secret(), User.objects.get_by_natural_key(CLERK)
    issue = Issue.objects.filter(code=code).first()
    company = issue.enterprise if issue else Enterprise.objects.get(pk=key("organisations.Enterprise", COMPANY))
    commit([actions.find("issue_links.create").plan(
        company.owner, by=by, enterprise=company, subject=issue, expires_on=GONE + timedelta(days=9), secret_hash=hashed(secret))], by=by)
    connection.close()
    return run.office.base + reverse("issue-link", args=[secret])


# What the tasks need


def strip(page: Any) -> str:
    """Return what the page says of the clocks."""
    return page.locator("section:has(> dl.standing)").inner_text()


def issues(**asked: Any) -> list[dict[str, Any]]:
    """Return what is stored of some issues."""
    return stored("issues.Issue", **asked)


def links(**asked: Any) -> list[dict[str, Any]]:
    """Return what is stored of some links, the latest last."""
    return stored("issues.IssueLink", **asked)


def steps(code: str) -> list[tuple[str, str]]:
    """Return what happened to an issue and by whom."""
    return [(each["kind"], each["actor"]) for each in stored("issues.IssueStep", subject__code=code)]


def record(code: str) -> str:
    """Return the address of an issue's record."""
    return f"{ISSUES}{key('issues.Issue', code)}/"


def another_word(route: Any) -> None:
    """Send the enterprise's answer on, with another satisfaction."""
    sent = route.request.post_data
    route.continue_(post_data=sent.replace("satisfaction=fair", "satisfaction=satisfied")) if sent else route.continue_()


TASKS = (
    make_link, report, assign, respond_and_extend, pause_and_resume, escalate, dispute, own_request, confirm, expire,
)  # fmt: skip
bar = Bar("B5", __doc__)
if __name__ == "__main__":
    main()
