"""W6: each party's own installation in a real Chromium: its home page and its lists, of a thousand rows each.

Every edition is started with its own demo, one process each. The rows of every owner are multiplied in the database up to a
thousand, which is for the eye alone: a copy has its own code, number or name where that is unique, and otherwise stands for
the same. Each account's home page and figures, and every list that a party's own account may open, are looked at with 390
and 1280 px, light and dark, in both languages; axe must find nothing serious, and nothing may scroll sideways. The quick form
looks at every fifth list, each in one of the ways. The planted fault makes every page 900 px wide at least.
"""

import sys

from bar import Bar

from tests import browser, desks, laboratory

EDITIONS = ("zone", "operator", "college", "institute", "company", "recycler")
WIDTHS, ROWS = (390, 1280), 1000
APART = 10**9  # between the number of a row and that of its copy
SINGLE = ("installations", "editions", "domains", "rules")  # what holds once for the whole installation
COPY = """
    WITH RECURSIVE copies(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < {rows}),
                   held(whose, many) AS (SELECT owner_id, count(*) FROM {table} GROUP BY owner_id)
    INSERT INTO {table} ({into}) SELECT {chosen} FROM {table} JOIN held ON whose = owner_id JOIN copies ON k * many < {rows}"""


def multiply() -> set[str]:
    """Copy the rows of every owner in every list, until there are a thousand of them; return the lists that have any."""
    from django.db import connection, models

    from kaifaqu.kernel.records import registers

    held = {name for name, register in registers().items() if name not in SINGLE and register.objects.exists()}
    with connection.cursor() as cursor:
        for register in (registers()[name] for name in held):
            fields, own = register._meta.concrete_fields, set()
            for constraint in register._meta.constraints:
                if isinstance(constraint, models.UniqueConstraint):
                    own |= {constraint.fields[-1]}
                    cursor.execute(f'DROP INDEX IF EXISTS "{constraint.name}"')
            told = {"id": f"id + k * {APART}"} | {
                field.column: f"""iif("{field.column}" = '', '', "{field.column}" || '-' || k)"""
                for field in fields if field.name in own and isinstance(field, models.CharField) and not field.choices}
            cursor.execute(COPY.format(
                rows=ROWS, table=register._meta.db_table, into=", ".join(f'"{field.column}"' for field in fields),
                chosen=", ".join(told.get(field.column, f'"{field.column}"') for field in fields)))
    return held


def pages(bar: Bar, edition: str, held: set[str]) -> dict[str, list[str]]:
    """Return the addresses by the account that opens them, and check that the lists are long."""
    from django.db import connection

    from kaifaqu.kernel.access import User
    from kaifaqu.web import sample
    from kaifaqu.web.context import registers_of

    found: dict[str, list[str]] = {}
    listed: dict[str, int] = {}  # rows that whoever opens the list first sees in it
    for _role, account, _password in sample.accounts():
        own = {} if account in ("security", "sysadmin", "audit") else {
            each.register: each.objects.visible_to(User.objects.get_by_natural_key(account)).count()
            for each in registers_of(User.objects.get_by_natural_key(account)) if each.register not in listed}
        listed |= own
        found[account] = ["/", "/figures/", *(f"/r/{name}/" for name in [*own][::1 if bar.full else 5])]
    connection.close()
    long = [name for name, count in listed.items() if count >= ROWS]
    short = [f"{name} {count}" for name, count in listed.items() if name in held and 0 < count < ROWS]
    bar.check(f"{edition}: every list with rows has a thousand", not short and long, f"{len(long)} of {len(listed)} {short or ''}")
    return found


WIDE = """document.addEventListener("DOMContentLoaded", () => { document.querySelector("main").style.minWidth = "900px" })"""


def run(bar: Bar, edition: str) -> None:
    """Look at one edition."""
    held: set[str] = set()
    with browser.served(edition, lambda: held.update(multiply())) as office, browser.chromium() as chrome:
        asked = pages(bar, edition, held)
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
