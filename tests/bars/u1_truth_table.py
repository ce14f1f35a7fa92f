"""U1: the subsidy of every hand-written case is right, with all reasons, for one case and as columns.

The table names for each case the document that says so. Every boundary day of every scheme is asked one day before, on
and after; the raise of 2024 as it was known before its announcement, between announcement and notice, and after, and what
is then still to be paid. The planted fault reads every bound as if the day itself were excluded.
"""

from datetime import date, timedelta

from bar import Bar

from tests import laboratory

BOUNDS = {  # by term: the fact that it bounds, and whether it is the first day or the last
    "petrol": ("old_registered_on", "last"), "diesel": ("old_registered_on", "last"), "other": ("old_registered_on", "last"),
    "electric": ("old_registered_on", "last"), "owned_by": ("owned_since", "last"), "documents_until": ("paper", "last"),
    "documents_since": ("paper", "first"), "since": ("applied_on", "first"), "until": ("applied_on", "last")}
OPEN = {("owned_by", 2024): "unclear", ("until", 2026): "unclear", ("documents_since", 2025): "unclear"}  # on or beyond the bound

bar = Bar("U1", __doc__)
with laboratory.database():
    laboratory.enter()
    from kaifaqu.domains.subsidies import columns, conditions
    from kaifaqu.domains.subsidies.clauses import PAPERS
    from kaifaqu.domains.subsidies.evaluating import Ready, evaluate, ready
    from kaifaqu.domains.subsidies.facts import FACTS
    from kaifaqu.domains.subsidies.schemes import SCHEMES, schemes, terms
    from kaifaqu.domains.subsidies.tests.truth import cases

    content = SCHEMES.shipped().content
    if bar.fault:
        conditions.COMPARED |= {"<=": conditions.COMPARED["<"], ">=": conditions.COMPARED[">"]}

    def answer(by: Ready, facts: dict, day: date) -> tuple:
        """Return the answer for one case with its reasons."""
        found = evaluate(facts, by, day)
        return found.eligible, found.amount, found.top_up, [each.code for each in found.failing or found.unclear]

    def as_column(by: Ready, facts: dict) -> tuple:
        """Return the same answer out of a table of one row."""
        [row] = columns.judged(columns.table([facts]), by).to_pylist()
        return row["eligible"], row["amount"], row["top_up"], columns.told(by, row["failing"] or row["unclear"])

    wrong, apart, bases = [], [], {}
    for case in cases():
        facts = {name: FACTS[name].read(text) for name, text in case.told.items()}
        by = ready(content, case.scheme, case.as_of)
        bases.setdefault(case.scheme, facts)
        wanted = (case.eligible, case.amount, case.top_up, case.reasons)
        if (found := answer(by, facts, case.as_of)) != wanted:
            wrong.append(f"row {case.number} ({case.by}): {found}, not {wanted}")
        if as_column(by, facts) != found:
            apart.append(case.number)
    counts = {scheme: sum(case.scheme == scheme for case in cases()) for scheme in (2024, 2025, 2026)}
    bar.check("at least 60 cases, each with its document", len(cases()) >= 60 and all(case.by for case in cases()), counts)
    bar.check("every case comes to what the documents say", not wrong, f"{len(cases())} cases, {len(wrong)} wrong {wrong[:3] or ''}")
    bar.check("as columns they come to the same", not apart, f"{len(apart)} differ {apart[:5] or ''}")

    crossed, asked = [], 0
    for scheme in schemes(content):
        laid = terms(content, scheme, date(2030, 1, 1))
        for term, (fact, which) in BOUNDS.items():
            if laid.get(term) is None:
                continue
            bound = date.fromisoformat(laid[term])
            inside, beyond = (bound - timedelta(days=1), bound + timedelta(days=1))[::1 if which == "last" else -1]
            for name in PAPERS if fact == "paper" else [fact]:
                for day, right in ((inside, "yes"), (bound, "yes"), (beyond, "no")):
                    facts = {**bases[scheme], name: str(day)}
                    if term in ("petrol", "diesel", "other", "electric"):
                        facts["old_fuel"] = term
                    wanted = right
                    if OPEN.get((term, scheme)) and (day == beyond if (term, scheme) != ("owned_by", 2024) else day == bound):
                        wanted = OPEN[term, scheme]
                    asked += 1
                    if (found := answer(ready(content, scheme, date(2030, 1, 1)), facts, date(2030, 1, 1))[0]) != wanted:
                        crossed.append(f"{scheme} {term} {name} {day}: {found}, not {wanted}")
    bar.check("every boundary holds one day before, on and after", not crossed,
              f"{asked} days asked, {len(crossed)} wrong {crossed[:3] or ''}")

    told = []
    for day, paid, wanted in (
        ("2024-07-24", 0, (10000, 10000, "")), ("2024-07-25", 0, (10000, 10000, "2024-07-25 已宣布提高到")),
        ("2024-08-15", 10000, (10000, 0, "2024-07-25 已宣布提高到")), ("2024-08-16", 10000, (20000, 10000, "")),
    ):
        found = evaluate({**bases[2024], "already_paid": paid}, ready(content, 2024, date.fromisoformat(day)), date.fromisoformat(day))
        said = (found.amount, found.top_up, found.announced[:len(wanted[2])] if wanted[2] else found.announced)
        if said != wanted:
            told.append((day, *said))
    bar.check("the raise is told once announced, paid once its notice is out, and topped up", not told, told or "4 days")
    try:
        ready(content, 2024, date(2024, 4, 23))
        early = False
    except LookupError as problem:
        early = "还没有公布" in str(problem)
    bar.check("before the first document there is no answer", early)
bar.close()
