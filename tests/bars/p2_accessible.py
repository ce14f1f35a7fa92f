"""P2: axe finds nothing serious on any page of the route table, light and dark, in Chinese and in English.

The route table is the one of bar S6, walked as the zone's project office and as its security and audit administrators. In
the quick form each route is visited once or twice and the four looks take turns; in the full form every page in every look.
The planted fault takes the labels off the forms on their way to the browser.
"""

import itertools
from collections import Counter

from bar import Bar

from tests import browser

LOOKS = [("light", "zh-CN"), ("dark", "en"), ("dark", "zh-CN"), ("light", "en")]
ACCOUNTS = ("projects", "security", "director")
SERIOUS = ("serious", "critical")


def unlabelled(route) -> None:
    """Answer with the page, its labels turned into other elements."""
    answer = route.fetch()
    is_page = "html" in answer.headers.get("content-type", "")
    changed = {"body": answer.text().replace("<label", "<span").replace("</label", "</span")} if is_page else {}
    route.fulfill(response=answer, **changed)


bar = Bar("P2", __doc__)
with browser.office() as office, browser.chromium() as chrome:
    from axe_playwright_python.sync_playwright import Axe

    whole = bool(bar.size(quick=0, full=1))
    axe, findings, visited = Axe(), Counter(), Counter()
    most = None if whole else 1
    addresses = {account: office.addresses(account, most) for account in ACCOUNTS[:1 if bar.fault else None]}
    met: Counter[str] = Counter()
    looks = itertools.cycle(LOOKS)
    contexts = {}
    for account, found in addresses.items():
        for scheme, language in LOOKS:
            context = chrome.new_context(color_scheme=scheme, locale=language, viewport={"width": 1280, "height": 900})
            if bar.fault:
                context.route("**/*", unlabelled)
            contexts[account, scheme, language] = office.enter(context, account)
        for name, address in found:
            met[name] += 1
            if most and met[name] > most:
                continue
            if bar.fault and findings:
                break
            for scheme, language in LOOKS if whole else [next(looks)]:
                page = contexts[account, scheme, language]
                page.goto(address)
                visited[name] += 1
                for violation in axe.run(page).response["violations"]:
                    if violation["impact"] in SERIOUS:
                        key = (violation["id"], name, violation["nodes"][0]["html"][:120])
                        findings[key] += 1
    for (rule, name, html), count in findings.most_common(12):
        print(f"        {rule} on {name} ({count}): {html}")
    bar.check("axe finds nothing serious", not findings,
              f"{sum(visited.values())} pages of {len(visited)} routes, {len(findings)} findings")
    bar.check("every kind of page was visited", len(visited) > 25 or bar.fault, f"{len(visited)} routes")
bar.close()
