"""S6: nobody sees, does or learns what his rights do not give him, wherever he asks.

Everything is asked in the demo zone for its accounts, for a person who has every right but in a foreign party, and for
somebody who has not signed in: every address with every register's records, every action, every figure in every
grouping. A page must show no code and no name of a record that its reader may not see; what is sent without the right
must write no event. The quick form asks as one desk of the zone and as each party beside it; each of them asks one
sixtieth of the addresses, words and figures, everybody another one. The planted faults are leaks of every kind, one
after the other; all must be caught.
"""

import io
import logging
from contextlib import suppress

from bar import Bar

from tests import laboratory

QUICK = ("enterprise", "projects", "flight", "college", "institute", "company", "recycler", "dealer")

bar = Bar("S6", __doc__)
with laboratory.database():
    laboratory.enter()

    from django.test.utils import setup_test_environment

    from kaifaqu.files import store
    from kaifaqu.kernel import actions, testing
    from kaifaqu.kernel.access import SYSTEM, Installation, User
    from kaifaqu.kernel.commit import commit
    from kaifaqu.registers.projects.models import Project
    from tests.rights import ANONYMOUS, LEAKS, UNASKED, Walk

    class Noticed(Exception):
        """Something is wrong already."""

    class Hurried(Walk):
        """A walk that ends with the first wrong answer."""

        def expect(self, kind: str, holds: bool, sentence: str) -> None:
            """Count one question; raise Noticed when the answer was wrong."""
            super().expect(kind, holds, sentence)
            if not holds:
                raise Noticed

    setup_test_environment()
    logging.disable(logging.ERROR)  # each refusal would be a line
    accounts = laboratory.demo()
    zone = Installation.objects.get().owner
    foreign = testing.party(zone, "FOREIGN", "外地单位")
    people = {code: User.objects.get_by_natural_key(code) for _label, code, _password in accounts}
    people |= {"stranger": testing.employ(zone, "stranger", at=foreign), ANONYMOUS: None}
    kept, attach = store.keep(io.BytesIO(b"%PDF-1.7"), "演示施工许可证.pdf"), actions.find("projects.attach").plan
    documented = Project.objects.exclude(started_on=None).order_by("id")[:3]
    commit([attach(each, by=SYSTEM, version=each.row_version, kept=kept, purpose="started_evidence") for each in documented], by=SYSTEM)
    size = 1 if bar.fault else bar.size(quick=1, full=1000)

    if bar.fault:
        caught = {}
        for leak, part in LEAKS.items():
            walk = Hurried({name: people[name] for name in ("attraction", "stranger", "projects")}, size, share=bar.size(quick=6, full=1))
            with leak(), suppress(Noticed):
                walk.run(part)
            caught[leak.__name__] = len(walk.findings)
            print(f"        {leak.__name__}: {walk.findings[:1]}")
        bar.check("one of the planted leaks stays unnoticed", not all(caught.values()), caught)
    else:
        if not bar.full:
            people = {code: people[code] for code in (*QUICK, "stranger", ANONYMOUS)}  # the first has no waiting job of his own
        walk = Walk(people, size, share=bar.size(quick=60, full=1)).run()
        for kind, asked in walk.asked.items():
            found = [each for each in walk.findings if each.startswith(f"{kind}: ")]
            bar.check(f"{kind} answer by rights alone", not found, f"{asked} asked, {len(found)} wrong {found[:5] or ''}")
        bar.check("addresses left out have a reason", all(UNASKED.values()), UNASKED)
bar.close()
