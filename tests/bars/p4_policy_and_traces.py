"""P4: no request leaves the house, the policy permits nothing that stands in a page, and every figure opens its records.

Every page of the route table is opened (in the quick form two of each route); a request to another host or a violation
of the content security policy is counted by the browser itself. Every number inside a component `figure` is followed: its
page shows the very number and its records, or why there are none. The planted fault puts a script and a foreign picture
into each page.
"""

from bar import Bar

from tests import browser

FORBIDDEN = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")
ACCOUNTS = ("projects", "director", "bureau")


def spoilt(route) -> None:
    """Answer with the page and what does not belong into it."""
    answer = route.fetch()
    is_page = "html" in answer.headers.get("content-type", "")
    strange = '<script>window.ran = 1</script><img src="http://192.0.2.1/x.png" alt="">'
    route.fulfill(response=answer, **({"body": answer.text().replace("</main>", f"{strange}</main>")} if is_page else {}))


bar = Bar("P4", __doc__)
with browser.office() as office, browser.chromium() as chrome:
    outside, violations, policies, visited = [], [], set(), 0
    figures: dict[str, set[tuple[str, str, str]]] = {}
    pages = {}
    for account in ACCOUNTS[:1 if bar.fault else None]:
        context = chrome.new_context(locale="zh-CN")
        context.on("request", lambda request: None if request.url.startswith((office.base, "data:")) else outside.append(request.url))
        context.on("response", lambda answer: policies.add(answer.headers.get("content-security-policy", ""))
                   if "html" in answer.headers.get("content-type", "") else None)
        context.on("console", lambda message: violations.append(message.text) if "Content Security Policy" in message.text else None)
        if bar.fault:
            context.route(f"{office.base}/**", spoilt)
        page = pages[account] = office.enter(context, account)
        figures[account] = set()
        for _name, address in office.addresses(account, bar.size(quick=1, full=10_000)):
            page.goto(address)
            visited += 1
            figures[account] |= {tuple(each) for each in page.eval_on_selector_all(
                "[data-figure]", """nodes => nodes.filter(n => !n.closest('.sample')).map(
                    n => [n.href, n.dataset.status, n.firstChild.textContent.trim()])""")}
            if bar.fault and visited > 5:
                break
    bar.check("no request leaves the house", not outside, f"{visited} pages, {len(outside)} requests {outside[:1]}")
    bar.check("nothing on a page offends the policy", not violations, f"{len(violations)} {violations[:1]}")
    loose = [each for each in policies if not each or any(word in each.split() or f"'{word}'" in each for word in FORBIDDEN)]
    bar.check("the policy permits nothing that stands in a page", not loose, f"{policies}")

    untraced, followed = [], 0
    for account, found in figures.items():
        page = pages[account]
        for address, status, shown in sorted(found)[:bar.size(quick=25, full=10_000)] if not bar.fault else ():
            page.goto(address)
            followed += 1
            value = page.locator(".figure .value").inner_text().strip()
            records = page.locator("h2:has-text('记录') small").all_inner_texts()
            told = page.locator(".figure p strong").all_inner_texts()
            opens = bool(records) if status == "open" else bool(told)
            if value != shown or not opens:
                untraced.append((address, shown, value, records, told))
    bar.check("every figure opens its records, or says why it has none", not untraced and (followed or bar.fault),
              f"{followed} figures followed, {len(untraced)} untraced {untraced[:2]}")
bar.close()
