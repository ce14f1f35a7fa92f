"""U7: a clerk enters the scheme of 2027 from its notice, sees it tried, and publishes it; who gains and loses is told.

The form, the row that follows last year's, the trial and the page of published schemes are opened at 1280 and 390 px, dark and
light: nothing scrolls sideways, axe finds nothing serious. A wrong share is caught by an example and is not published without a
reason; the right one is. On paper stands the comparison, and no form. The planted fault makes the example expect another amount.
"""

import itertools

from bar import Bar

from tests import browser, desks

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FILLED = "[...document.querySelectorAll('details.long[open] input')].filter(each => each.value && each.type != 'checkbox').length"
NOTICE = {
    "document": "商消费函〔2026〕9号", "announced_on": "2026-12-30", "notice": "商消费函〔2026〕9号", "published_on": "2026-12-30",
    "since": "2027-01-01", "until": "2027-12-31", "documents_since": "2027-01-01", "nev_share": "1000"}
RULE = {"since": "2024-08-05", "published_on": "2024-08-05", "source_document": "商消费函〔2026〕9号"}

bar = Bar("U7", __doc__)
AMOUNT = "15001" if bar.fault else "15000"


def enter_example() -> None:
    """Enter an example of 2027 in the recycler's register: 100,000 元 at 15 per cent."""
    from kaifaqu.domains.subsidies.examples import SchemeExample, shipped
    from kaifaqu.kernel import actions
    from kaifaqu.kernel.access import SYSTEM, Party
    from kaifaqu.kernel.commit import commit

    [base] = [each for each in shipped() if each.code == "SL2026-01"]
    told = {name: text.replace("2026-", "2027-") for name, text in base.told.items()}
    facts = {"code": "2027-01", "title": "十万元的新能源车", "scheme": 2027, "as_of": "2027-06-01", "eligible": "yes", "amount": AMOUNT,
             "clause": "商消费函〔2026〕9号", **told}
    plan = actions.find(f"{SchemeExample.register}.create").plan
    commit([plan(Party.objects.get(code="DEMO-ELV"), by=SYSTEM, facts=facts)], by=SYSTEM)


def look(page, name: str) -> None:
    """Check the page in both schemes of colours and at both widths."""
    wide, found = [], []
    for colours, width in itertools.product(("light", "dark"), (1280, 390)):
        page.emulate_media(color_scheme=colours)
        page.set_viewport_size({"width": width, "height": 900})
        wide += [width] if page.evaluate(WIDE) > 0 else []
        found += [each["id"] for each in desks.serious(page)]
    bar.check(f"{name}: nothing scrolls sideways and axe finds nothing serious, at two widths, dark and light", not wide and not found,
              f"4 looks {wide or ''} {found or ''}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def fill(page, facts: dict[str, str], before: str = "") -> None:
    """Type into fields, each unfolded where it is put away."""
    for name, text in facts.items():
        field = page.locator(f"[name='{before}{name}']")
        field.evaluate("node => { for (let part = node; (part = part.parentElement.closest('details'));) { part.open = true; } }")
        field.fill(text)


def send(page, button: str) -> None:
    """Press a button of the form, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(f"form.card button{button}").last.click()


def publish(page) -> bool:
    """Press the button of the form; tell whether it led to the record of a rule."""
    send(page, ":not([name])")
    return "/r/rules/new/" not in page.url


with browser.office(before=enter_example) as office, browser.chromium() as chrome:
    page = office.enter(chrome.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}), "recycler")
    page.goto(f"{office.base}/r/rules/new/?kind=subsidies.schemes")
    look(page, "the form")
    bar.check("before it was tried nothing can be published", not page.locator("form.card > button:not([name])").count())
    send(page, "[value^='follow']")
    filled = page.evaluate(FILLED)
    page.wait_for_function("document.activeElement !== document.body")  # a moment after the page has come
    focus = page.evaluate("document.activeElement.name")
    bar.check("the new row begins as last year's, the cursor where the notice is typed", filled >= 12 and focus.endswith("-5-document"),
              f"{filled} fields filled, {focus}")
    look(page, "the row that follows")
    fill(page, NOTICE, "content-rows-5-")
    fill(page, RULE)
    send(page, "[name=preview]")
    page.locator("#examples").wait_for()
    text = page.inner_text("form.card")
    bar.check("the wrong share is caught by the example of its year", f"{int(AMOUNT):,} 元 → 10,000 元" in text)
    bar.check("who gains and loses is told", "2026 年 → 2027 年" in text and "少得" in page.inner_text("#compared"))
    look(page, "the trial")
    bar.check("without a reason it is not published", not publish(page) and "请写明原因" in page.inner_text("form.card"))
    fill(page, {"nev_share": "1500"}, "content-rows-5-")
    send(page, "[name=preview]")
    page.locator("#examples").wait_for()
    bar.check("what the examples expect is published", publish(page), page.url.removeprefix(office.base))
    page.goto(f"{office.base}/schemes/?before=2025&after=2026")
    look(page, "the comparison")
    rows = page.locator("#compared tbody tr").count()
    page.emulate_media(media="print")
    bar.check("on paper stands the comparison, and no form", rows > 60 and not page.locator("main form").is_visible(), f"{rows} rows")
bar.close()
