"""P5: of two people who edit the same record nobody overwrites the other, and what is typed outlives the browser.

Two people edit the same project on its page: of the same field both values are shown and one is chosen, different fields
are merged; so in the cells of a list. A draft survives a Chromium that is killed with SIGKILL while somebody types, a page
that is left at once, a network that is away, and goes on in another browser; in the full form twenty browsers are killed.
The planted fault lets a stale form pass for a fresh one, and takes the script of the drafts away; each part must notice.
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from urllib.parse import quote

from bar import Bar
from playwright.sync_api import Error

from tests import browser
from tests.postgres import free_port

ONE, OTHER = "projects", "attraction"  # both may correct projects
KEPT = "[role=status]:has-text('草稿已保存')"


def main() -> None:
    """Run every part; with the planted fault, each one must fail."""
    with browser.office(before=let_both_edit) as office, browser.chromium() as chrome:
        for part in (same_field, different_fields, in_a_cell, killed_browsers, left_pages, lost_network, without_script):
            before = len(bar.failed)
            part(office, chrome)
            if bar.fault:
                bar.parts[part.__name__] = len(bar.failed) > before
    bar.close()


def let_both_edit() -> None:
    """Give the second person the right to correct projects."""
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Installation, Membership, User
    from kaifaqu.kernel.commit import commit

    role = Membership.objects.current().filter(user__code=ONE).first().role
    facts = {"user": User.objects.get_by_natural_key(OTHER), "party": Installation.objects.get().owner, "role": role, "since": "2024-01-01"}
    commit([actions.find("memberships.create").plan(facts["party"], by=SYSTEM, facts=facts)], by=SYSTEM)


# Two editors on the form


def same_field(office, chrome) -> None:
    """Let two people change the same field; the second chooses."""
    for number, choice in enumerate(("stored", "typed")):
        project = project_at(number)
        first, second = editors(office, chrome, project)
        save(first, total_investment="1111", reason="第一人")
        save(second, total_investment="2222", reason="第二人")
        row = second.locator("tr.clash").all_inner_texts()
        shown = bool(row) and all(text in row[0] for text in ("1111", "2222", told(project["total_investment"])))
        bar.check("both values stand on the conflict page, beside the one that was read", shown, row)
        bar.check("nothing is overwritten before the choice", facts(project)["total_investment"] == "1111")
        if shown:
            second.check(f"input[name=keep-total_investment][value={choice}]")
            second.click("form.conflict button.main")
        wanted, found = {"stored": "1111", "typed": "2222"}[choice], facts(project)["total_investment"]
        bar.check(f"the choice is kept: {choice}", shown and found == wanted, found)


def different_fields(office, chrome) -> None:
    """Let two people change different fields; both changes stay."""
    project = project_at(2)
    first, second = editors(office, chrome, project)
    save(first, total_investment="3333", reason="第一人")
    save(second, name="演示改名项目", reason="第二人")
    asked = second.locator("form.conflict").count()
    bar.check("the second is shown what the first has changed", asked == 1 and second.locator("tr.clash").count() == 0)
    if asked:
        second.click("form.conflict button.main")
    now = facts(project)
    bar.check("different fields are merged", (now["total_investment"], now["name"]) == ("3333", "演示改名项目"), now)


def in_a_cell(office, chrome) -> None:
    """Let two people correct the same cell of the list; the second chooses in its dialog, and the list shows what is kept."""
    for number, choice in ((7, "stored"), (8, "typed")):
        project = project_at(number)
        first, second = (list_of(office, chrome, account, project) for account in (ONE, OTHER))
        for page, amount, reason in ((first, "1111", "第一人"), (second, "2222", "第二人")):
            page.fill("dialog [name=total_investment]", amount)
            page.fill("dialog [name=reason]", reason)
            page.click("dialog button.main")
            page.wait_for_selector("dialog:not([open]), dialog tr.clash", state="attached", timeout=PATIENCE)
        row = second.locator("dialog tr.clash").all_inner_texts()
        shown = bool(row) and all(text in row[0] for text in ("1111", "2222", told(project["total_investment"])))
        bar.check("in a cell: both values stand in the dialog, beside the one that was read", shown, row)
        bar.check("in a cell: nothing is overwritten before the choice", facts(project)["total_investment"] == "1111")
        if shown:
            second.check(f"dialog input[name=keep-total_investment][value={choice}]")
            second.click("dialog form.conflict button.main")
            second.wait_for_selector("dialog:not([open])", state="attached")
        wanted, found = {"stored": "1111", "typed": "2222"}[choice], facts(project)["total_investment"]
        shows = second.locator(f"tr[data-edit='/r/projects/{project['id']}/edit/'] td[data-fact=total_investment]")
        with suppress(Error):  # the list is asked for anew once the dialog is closed
            shows.filter(has_text=re.compile(rf"^\s*{wanted}\b")).wait_for(timeout=PATIENCE)
        cell = shows.inner_text()
        kept = shown and found == wanted == cell.partition(".")[0]
        bar.check(f"in a cell: the choice is kept, and the list shows it: {choice}", kept, cell)


def list_of(office, chrome, account: str, project: dict):
    """Sign somebody in, and open the dialog of a project's amount in the list."""
    page = office.enter(guarded(chrome.new_context(locale="zh-CN")), account)
    page.goto(f"{office.base}/r/projects/")
    page.dblclick(f"tr[data-edit='/r/projects/{project['id']}/edit/'] td[data-fact=total_investment]")
    page.wait_for_selector("dialog [name=total_investment]")
    return page


# Drafts


def killed_browsers(office, chrome) -> None:
    """Kill browsers while somebody types; each time another one goes on."""
    lost, conflicts, times = [], 0, bar.size(quick=2, full=20)
    for number in range(times):
        project, text = project_at(3), f"第{number}次核对到这里"
        with mortal(chrome) as (doomed, kill):
            page = office.enter(guarded(doomed.new_context(locale="zh-CN")), ONE)
            page.goto(edit(office, project))
            page.fill("[name=total_investment]", str(5000 + number))
            with suppress(Error), page.expect_response(lambda answer, text=text: carries(answer, text), timeout=PATIENCE):
                page.locator("[name=reason]").press_sequentially(text, delay=20)
            page.locator("[name=reason]").press_sequentially("，还在打", delay=20)
            kill()
        if number % 2:  # somebody else is quicker
            save(open_form(office, chrome, OTHER, project), total_investment=str(8000 + number), reason="他人先改")
        page = open_form(office, chrome, ONE, project)
        if not go_on(page):
            lost.append(number)
            continue
        found = page.input_value("[name=total_investment]"), page.input_value("[name=reason]")
        if found[0] != str(5000 + number) or not found[1].startswith(text):
            lost.append(found)
        sent(page)
        conflicts += page.locator("tr.clash").count()
    bar.check("what the server had answered to before the kill is there in another browser", not lost, f"{times} killed, lost {lost[:2]}")
    bar.check("where somebody else saved in between, the draft meets the conflict page", conflicts == times // 2 or bool(lost), conflicts)
    page = open_form(office, chrome, ONE, project_at(3))
    page.goto(office.base)
    bar.check("a sent draft is gone, one in conflict still waits", page.locator(".drafts li").count() == times // 2 and not lost)


def left_pages(office, chrome) -> None:
    """Leave a form at once after typing, sign out, and come back."""
    project = project_at(4)
    page = open_form(office, chrome, ONE, project)
    asked = questions(page)
    page.fill("[name=reason]", "打完就走")
    page.goto(f"{office.base}/figures/")
    page.click("form[action='/sign-out/'] button")
    page = open_form(office, chrome, ONE, project)
    bar.check("a form that was left at once has kept what was typed", go_on(page) and page.input_value("[name=reason]") == "打完就走")
    bar.check("nobody is asked before leaving a form that was kept", not asked or bar.fault, len(asked))
    if not bar.fault:
        page.click(".offer form button")
        page.goto(edit(office, project))
        bar.check("a discarded draft is gone", page.locator(".offer").count() == 0)


def lost_network(office, chrome) -> None:
    """Take the network away while somebody types: then, and only then, leaving is asked about."""
    project = project_at(5)
    page = open_form(office, chrome, ONE, project)
    asked = questions(page)
    page.context.set_offline(True)
    page.fill("[name=reason]", "断网时填写")
    said = page.locator("[role=status]", has_text="草稿没有存上")
    with suppress(Error):
        said.wait_for(timeout=PATIENCE)
    if not bar.check("it is said that the draft could not be kept", said.count() == 1):
        return
    page.click("form.card button.main")
    page.wait_for_timeout(500)
    bar.check("what cannot be sent stays in the form", "/edit/" in page.url and page.input_value("[name=reason]") == "断网时填写", page.url)
    with suppress(Error), page.expect_event("dialog", timeout=PATIENCE):
        page.evaluate("setTimeout(() => location.assign('/figures/'))")
    bar.check("leaving is asked about while nothing could be kept", len(asked) == 1, len(asked))
    page.context.set_offline(False)
    with suppress(Exception):
        page.wait_for_selector(KEPT, timeout=PATIENCE)
    bar.check("it is kept as soon as the network is back", page.locator(KEPT).count() == 1)


def without_script(office, chrome) -> None:
    """Keep a draft by its button where no script runs; the fault presses another one."""
    project = project_at(6)
    context = chrome.new_context(locale="zh-CN", java_script_enabled=False)
    page = office.enter(context, ONE)
    page.goto(edit(office, project))
    page.fill("[name=reason]", "没有脚本")
    page.click("form.card a:has-text('取消')" if bar.fault else "button[name=draft-keep]")
    page = open_form(office, chrome, ONE, project)
    bar.check("without a script the button keeps a draft", go_on(page) and page.input_value("[name=reason]") == "没有脚本")


# What all parts need


def project_at(number: int) -> dict:
    """Return one of the projects under construction, with its number, its facts as they stand in the form."""
    from django.db import connection

    from kaifaqu.registers.projects.models import Project

    rows = Project.objects.current().filter(stage="under_construction").order_by("id")
    found = rows.values("id", "total_investment", "name")[number]
    connection.close()  # the server writes to the same file
    return found


def facts(project: dict) -> dict:
    """Return what is stored of the project now."""
    from django.db import connection

    from kaifaqu.registers.projects.models import Project

    now = Project.objects.get(pk=project["id"])
    connection.close()
    return {"name": now.name, "total_investment": told(now.total_investment)}


def told(amount) -> str:
    """Return an amount as it stands in the form."""
    return f"{amount.normalize():f}"


def edit(office, project: dict) -> str:
    """Return the address of the form that corrects the project."""
    return f"{office.base}/r/projects/{project['id']}/edit/"


def guarded(context):
    """Plant the fault into a browser: a stale form passes for a fresh one, and no script keeps a draft."""

    def renew(route) -> None:
        sent = route.request.post_data or ""
        changed = re.sub(r"\bversion=(\d+)", lambda found: f"version={int(found[1]) + 1}", sent)
        route.continue_(**({"post_data": changed} if "total_investment=2222" in sent or "reason=%E7%AC%AC%E4%BA%8C" in sent else {}))

    if bar.fault:
        context.route("**/drafts.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        context.route(re.compile(r"/edit/(\?.*)?$"), renew)
    return context


def open_form(office, chrome, account: str, project: dict):
    """Sign somebody in, in a browser of his own, and open the form."""
    page = office.enter(guarded(chrome.new_context(locale="zh-CN")), account)
    page.goto(edit(office, project))
    return page


def editors(office, chrome, project: dict) -> list:
    """Let two people open the form before either of them saves."""
    return [open_form(office, chrome, account, project) for account in (ONE, OTHER)]


def save(page, **typed: str) -> None:
    """Type into the form and send it."""
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    sent(page)


def sent(page) -> None:
    """Send the form, and wait for the page that answers."""
    with page.expect_navigation():
        page.click("form.card button.main")


def carries(answer, text: str) -> bool:
    """Tell whether the server has answered to a draft with this text."""
    return quote(text) in (answer.request.post_data or "")


def go_on(page) -> bool:
    """Take up the draft that the form offers; tell whether it offers one."""
    offer = page.locator(".offer a.main").first
    if not offer.count():
        return False
    with page.expect_navigation():
        offer.click()
    return True


def questions(page) -> list:
    """Return a list into which the browser's questions before leaving are written; the answer is to stay."""
    asked: list = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    return asked


@contextmanager
def mortal(chrome):
    """Start a Chromium of its own, and yield it with what kills it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kaifaqu-", ignore_cleanup_errors=True) as profile:
        command = [browser.program(), *browser.QUIET, "--headless", f"--remote-debugging-port={port}", f"--user-data-dir={profile}"]
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def kill() -> None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

        try:
            yield connected(chrome, port), kill
        finally:
            kill()


def connected(chrome, port: int):
    """Return the browser behind the port, as soon as it answers."""
    for _attempt in range(100):
        with suppress(Exception):
            return chrome.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
        time.sleep(0.2)
    raise TimeoutError(port)


bar = Bar("P5", __doc__, several=True)
PATIENCE = bar.size(quick=60_000, full=60_000, fault=5_000)  # milliseconds; only what is broken takes so long
if __name__ == "__main__":
    main()
