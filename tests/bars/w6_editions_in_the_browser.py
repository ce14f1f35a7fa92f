"""W6: each party's own installation in a real Chromium: its home page and its lists, of a thousand rows each.

Every edition is started with its own demo, one process each. The rows of each list are multiplied in the database up to a
thousand, which is for the eye alone: a copy has another code, and where a register permits no copy the rows stay as few as
they are. Each account's home page and figures, and every list that a party's own account may open, are looked at with
390 and 1280 px, light and dark, in both languages; axe must find nothing serious, and nothing may scroll sideways. The quick
form looks at every fifth list, each in one of the ways. The planted fault makes every page 900 px wide at least.
"""

import sys

from bar import Bar

from tests import browser, desks, laboratory

EDITIONS = ("zone", "operator", "college", "institute", "company", "recycler")
WIDTHS, ROWS = (390, 1280), 1000
APART = 10**9  # between the number of a row and that of its copy


def multiply() -> None:
    """Copy the rows of every list of a line of work, until there are a thousand of them."""
    from django.db import connection

    from kaifaqu.kernel.records import registers
    from kaifaqu.pages import domains

    with connection.cursor() as cursor:
        for register in registers().values():
            if domains.of_module(register.__module__) in domains.off() or not domains.of_module(register.__module__):
                continue
            there = register.objects.count()
            names = [field.column for field in register._meta.concrete_fields]
            quoted = ", ".join(f'"{name}"' for name in names)
            for copy in range(1, -(-ROWS // there) if there else 0):
                told = {"id": f"id + {copy} * {APART}", "code": f"code || '-{copy}'"}
                chosen = ", ".join(told.get(name, f'"{name}"') for name in names)
                table = register._meta.db_table
                cursor.execute(f'INSERT OR IGNORE INTO {table} ({quoted}) SELECT {chosen} FROM {table} WHERE id < {APART}')


def pages(bar: Bar, edition: str) -> dict[str, list[str]]:
    """Return the addresses by the account that opens them, and check that the lists are long."""
    from django.db import connection

    from kaifaqu.kernel.access import User
    from kaifaqu.web import sample
    from kaifaqu.web.context import registers_of

    found: dict[str, list[str]] = {}
    listed: dict[str, int] = {}
    for _role, account, _password in sample.accounts():
        own = {} if account in ("security", "sysadmin", "audit") else {
            each.register: each.objects.visible_to(User.objects.get_by_natural_key(account)).count()
            for each in registers_of(User.objects.get_by_natural_key(account)) if each.register not in listed}
        listed |= own
        found[account] = ["/", "/figures/", *(f"/r/{name}/" for name in [*own][::1 if bar.full else 5])]
    connection.close()
    long = [name for name, count in listed.items() if count >= ROWS]
    bar.check(f"{edition}: lists have a thousand rows", len(long) >= 5, f"{len(long)} of {len(listed)}")
    return found


WIDE = """document.addEventListener("DOMContentLoaded", () => { document.querySelector("main").style.minWidth = "900px" })"""


def run(bar: Bar, edition: str) -> None:
    """Look at one edition."""
    with browser.served(edition, multiply) as office, browser.chromium() as chrome:
        asked = pages(bar, edition)
        if bar.fault:
            new = chrome.new_context

            def spoilt(**told):
                context = new(**told)
                context.add_init_script(WIDE)
                return context

            chrome.new_context = spoilt
        desks.look(office, chrome, asked, WIDTHS, whole=bar.full).tell(bar, f"the edition {edition}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--edition"]:
        name = sys.argv.pop(2)
        sys.argv.pop(1)
        the_bar = Bar(f"W6 {name}", __doc__)
        run(the_bar, name)
        the_bar.close()
    the_bar = Bar("W6", __doc__)
    for name in EDITIONS[-1:] if the_bar.fault else EDITIONS:  # a process each: Django opens one database in its life
        the_bar.part(name, laboratory.child(__file__, "--edition", name, *sys.argv[1:]).wait())
    the_bar.close()
