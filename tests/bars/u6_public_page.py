"""U6: an owner without an account finds the five answers, checks the own case and prints the guide, on a phone with large letters.

The page of the house and the page that is one file are opened at 390 px, then with letters twice as large: nothing scrolls
sideways, axe finds nothing serious. The check is filled in by keyboard; its result names every reason, with what the
sources leave open, and who decides. Nothing of it is in an address, an event, a cookie or the browser's own stores, and the
one file asks no server for anything. Where one can still apply by the scheme of the year before, both offer the choice, and
the one file judges by what was chosen. On paper stand the answers and the guide, and no form. Papers of December
get no by the scheme of the year after: both say that the older is still open and does not refuse them. The one file tells
what to do next as the house does. The planted fault keeps what was typed.
"""

import io
import tempfile
from pathlib import Path

from bar import Bar

from tests import browser, desks

PHONE = {"width": 390, "height": 844}
CASE = {
    "applicant": "individual", "same_owner": "true", "old_kind": "passenger_car", "old_fuel": "electric", "new_power": "fuel",
    "old_registered_on": "2016-03-01", "owned_since": "2024-07-25", "new_displacement": "2.4", "price": "98000",
    "handed_over_on": "2024-07-26", "invoiced_on": "2024-07-28"}
REASONS = ("排量超过 2000 毫升", "买燃油车须报废燃油车", "没有写明含不含当日", "注销证明上的注销日期", "商务主管部门")
DECEMBER = {  # papers of the year before, applied for in January
    "applicant": "individual", "same_owner": "true", "old_kind": "passenger_car", "old_fuel": "petrol", "new_power": "nev",
    "old_registered_on": "2010-01-01", "owned_since": "2010-01-02", "new_in_catalogue": "true", "new_displacement": "",
    "price": "100000", "handed_over_on": "2025-12-03", "deregistered_on": "2025-12-04", "invoiced_on": "2025-12-05",
    "registered_on": "2025-12-06", "applied_on": "2026-01-05", "already_paid": "0", "claimed_before": "false",
    "used_for_replacement": "false", "same_province": "true"}
JANUARY = {each: value.replace("2025-12", "2026-01") for each, value in DECEMBER.items()} | {"registered_on": "2026-01-05"}
HINT = "2025 年方案也可以申请（至 2026-01-10，含当日）"
QUESTIONS = ("之前买车能否享受新标准", "先报废还是先买车", "报废地和购车地是否要一致", "报废电车能否买燃油车", "怎样更快通过审核")
LARGE = "document.documentElement.style.fontSize = '200%'"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STORES = """[Object.keys(localStorage), Object.keys(sessionStorage).filter(name => name !== 'htmx-current-path-for-history'),
    location.search + location.hash]"""

bar = Bar("U6", __doc__)


def look(page, name: str) -> None:
    """Check the page as it is and with letters twice as large."""
    for script in ("0", LARGE):
        page.evaluate(script)
        bar.check(f"{name}: nothing scrolls sideways{' with letters twice as large' if script == LARGE else ''}", page.evaluate(WIDE) <= 0)
        found = [*desks.serious(page)]
        bar.check(f"{name}: axe finds nothing serious{' with letters twice as large' if script == LARGE else ''}", not found,
                  [each["id"] for each in found])
    page.evaluate("document.documentElement.style.fontSize = ''")


def choose(page, name: str) -> None:
    """Look at a day on which two schemes are open, and choose the older."""
    page.fill("#on, .picker [name=on]", "2026-01-05")
    page.locator("#on, .picker button").last.press("Enter")
    page.wait_for_load_state()
    scheme = page.locator("#scheme, .picker [name=scheme]")
    scheme.locator("option").first.wait_for(state="attached")
    offered, default = scheme.locator("option").all_inner_texts(), scheme.input_value()
    scheme.select_option("2025")
    page.locator("#on, .picker button").last.press("Enter")
    page.wait_for_load_state()
    page.get_by_text("2026-01-10").first.wait_for()
    bar.check(f"{name}: in January the scheme of the year before can be chosen", default == "2026" and "2025" in offered, offered)


def fill(page, case: dict[str, str]) -> None:
    """Fill in the check by keyboard."""
    for fact, value in case.items():
        field = page.locator(f"#check [name={fact}]")
        field.focus()
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "date":
            field.fill(value)
        else:
            field.fill("")
            page.keyboard.type(value)


def check(page, name: str) -> None:
    """Check a case, and read its result."""
    fill(page, CASE)
    page.locator("#check button").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    verdict = page.locator(".verdict, #verdict")
    verdict.locator("li").first.wait_for()
    text = verdict.inner_text()
    lacking = [each for each in REASONS if each not in text]
    bar.check(f"{name}: the check names every reason, what is open, what is missing, and who decides", not lacking, f"lacking {lacking}")


def tell_next(page, name: str) -> None:
    """Look at what the one file says of cases of which the house says what to do next, and of what is only announced."""
    for what, scheme, case, said, unsaid in (
            ("papers of December are judged by the scheme that was chosen", "2025", DECEMBER, ("可以申请，补贴 20000 元", "备齐"), HINT),
            ("by another scheme they are told of it", "2026", DECEMBER, ("不能补贴", HINT, "请先核对上面不符合的各项"), "可以申请，"),
            ("what is paid is settled", "2025", DECEMBER | {"already_paid": "20000"}, ("已按现行标准发放，不再补发",), "还应补发"),
            ("what is paid in part has a rest", "2025", DECEMBER | {"already_paid": "5000"}, ("还应补发 15000 元", "由当地补发"), "备齐"),
            ("a share of the price is told as one", "2026", JANUARY, ("补贴 12000 元", "按发票价税合计的 12% 四舍五入到元"), HINT),
            ("the limit is not", "2026", JANUARY | {"price": "170000"}, ("补贴 20000 元",), "四舍五入"),
            ("of an empty form nothing is certain", "2026", dict.fromkeys(JANUARY, ""), ("还不能确定\n", "请补充：申请人、"), "符合的话")):
        page.locator("#scheme").select_option(scheme)
        fill(page, case)
        page.locator("#check button").click()
        verdict = page.inner_text("#verdict")
        bar.check(f"{name}: {what}", all(each in verdict for each in said) and unsaid not in verdict, verdict)
    page.evaluate("told.awaited.push({since: '2020-05-01', texts: ['只宣布']})")
    for day, text in (("2024-08-05", "已宣布提高到新能源乘用车 20000 元"), ("2020-05-01", "只宣布"), ("2024-08-16", "")):
        page.fill("#on", day)
        page.locator("#on").dispatch_event("change")
        shown = page.locator("#rates li").all_inner_texts()
        bar.check(f"{name}: on {day} it tells what is only announced", bool(shown) is bool(text) and text in "".join(shown), shown)


def turn(page, name: str, address: str) -> None:
    """Send papers of December on a day on which the newer scheme is the default, and again by the one that is named."""
    call_command("demo", "day", "2026-02-01", stdout=io.StringIO())  # no paper may be of a day to come
    connection.close()
    while "2026-02-01" not in page.locator("h1").inner_text():
        page.goto(address)
    page.goto(f"{address}?on=2026-01-05")
    fill(page, DECEMBER)
    page.locator("#check button").last.click()
    page.locator(".verdict").get_by_text(HINT).wait_for()
    look(page, f"{name} with the other scheme")
    page.get_by_role("button", name="按 2025 年方案再查一次").click()
    page.locator(".verdict").get_by_text("补贴 20000 元").wait_for()
    verdict = page.inner_text(".verdict")
    bar.check(f"{name}: the same case is sent by the other scheme, and stands in no address",
              "可以申请" in verdict and HINT not in verdict and "2025-12" not in page.url, f"{page.url} {verdict}")


def paper(page, name: str) -> None:
    """Look at the page as it is printed."""
    page.emulate_media(media="print")
    shown = page.locator("#check fieldset").first.is_visible()
    bar.check(f"{name}: on paper stand the answers, and no form", not shown and "先报废还是先买车" in page.inner_text("main"))
    page.emulate_media(media="screen")


with browser.office() as office, browser.chromium() as chrome, tempfile.TemporaryDirectory() as folder:
    from django.core.management import call_command
    from django.db import connection

    from kaifaqu.kernel import clock, events
    from kaifaqu.kernel.access import SYSTEM, Installation
    from kaifaqu.reporting.scrappage import standalone

    file = Path(folder) / "page.html"
    file.write_text(standalone.page(Installation.objects.get().owner, clock.today()), encoding="utf-8")
    before = events.last_seq()
    connection.close()
    asked: list[str] = []
    for name, address in (("the house's page", f"{office.base}/trade-in/"), ("the one file", file.as_uri())):
        context = chrome.new_context(viewport=PHONE, locale="zh-CN")
        page = context.new_page()
        if address.startswith("file"):
            page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        answers = page.locator("main h3").all_inner_texts()
        bar.check(f"{name}: the five questions are answered", len({*answers} & {*QUESTIONS}) == len(QUESTIONS), answers[:5])
        look(page, name)
        check(page, name)
        if bar.fault:
            page.evaluate("localStorage.setItem('case', 'kept')")
        stores, cookies = page.evaluate(STORES), [each["name"] for each in context.cookies() if each["name"] != "csrftoken"]
        bar.check(f"{name}: nothing that was typed is kept", stores[:2] == [[], []] and not cookies and "2024-07-25" not in stores[2],
                  f"{stores}, {cookies}")
        paper(page, name)
        choose(page, name)
        if address.startswith("file"):
            tell_next(page, name)
        else:
            turn(page, name, address)
    bar.check("the one file asks no server for anything", asked == [file.as_uri()], asked[:3])
    written = [*events.Event.objects.filter(seq__gt=before).exclude(actor=SYSTEM.code).values_list("action", "subject")]
    bar.check("nobody wrote an event", not written, written[:3])  # but for the clocks of the house
    connection.close()
bar.close()
