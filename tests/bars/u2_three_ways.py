"""U2: one case, columns and the page's checker give the same answers: eligible, amount, what is still to be paid, the reasons;
the page's checker what to do next as well.

Random cases of every scheme, as it was known after each of its documents, lie about the boundaries and lack facts now and
then (a million in the full form). They are judged one by one and as columns; 2,000 of them in Chromium as well, by the
script of the page that works without a server. The planted fault lets the columns forget what the sources leave open.
"""

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

from bar import Bar

from tests import browser, laboratory

PART, ON_THE_PAGE = 50_000, 2_000
ASKED = """([schemes, jobs]) => jobs.map(([number, facts]) => {
    const told = judge(schemes[number], facts);
    return [told.eligible, told.amount, told.topUp, told.failing.map(each => each.code), told.unclear.map(each => each.code),
        told.next, told.missing, told.percent];
})"""

bar = Bar("U2", __doc__)
with laboratory.database():
    laboratory.enter()
    import kaifaqu.domains.subsidies
    from kaifaqu.domains.subsidies import columns
    from kaifaqu.domains.subsidies.evaluating import NEXT, evaluate, ready
    from kaifaqu.domains.subsidies.facts import FACTS
    from kaifaqu.domains.subsidies.schemes import SCHEMES
    from kaifaqu.domains.subsidies.tests.truth import drawn
    from kaifaqu.domains.subsidies.written import written

    if bar.fault:
        columns._answer = lambda asked, facts: facts.hold(asked.condition)

    content = SCHEMES.shipped().content
    turns = [*written(content)]
    schemes = [ready(content, each["scheme"], date.fromisoformat(each["since"])) for each in turns]
    chance, answers, differ, jobs = Random(9), Counter(), [], []
    times = bar.size(quick=50_000, full=1_000_000)
    for number, by in enumerate(schemes):
        day, left = date.fromisoformat(turns[number]["since"]), times // len(schemes)
        while left:
            some = [drawn(chance, turns[number]["scheme"]) for _case in range(min(PART, left))]
            left -= len(some)
            for facts, row in zip(some, columns.judged(columns.table(some), by).to_pylist(), strict=True):
                one = evaluate(facts, by, day)
                told = one.eligible, one.amount, one.top_up, [each.code for each in one.failing], [each.code for each in one.unclear]
                other = (row["eligible"], row["amount"], row["top_up"], columns.told(by, row["failing"]), columns.told(by, row["unclear"]))
                answers[one.eligible] += 1
                if told != other:
                    differ.append((facts, told, other))
                if len(jobs) < ON_THE_PAGE * (number + 1) // len(schemes):
                    jobs.append((number, facts, (*told, one.next)))
    bar.check("columns answer as one case does", not differ and min(answers[each] for each in ("yes", "no", "unclear")) > times // 20,
              f"{sum(answers.values())} cases of {len(schemes)} schemes: {dict(answers)}, {len(differ)} differ {differ[:1] or ''}")
    script = (Path(kaifaqu.domains.subsidies.__file__).parent / "static/subsidies/checker.js").read_text(encoding="utf-8")
    with browser.chromium() as chrome:
        page = chrome.new_context().new_page()
        page.add_script_tag(content=script)
        found = page.evaluate(ASKED, [turns, [(number, facts) for number, facts, _told in jobs]])
    found = [[*told, [NEXT[each].format(names="、".join(str(FACTS[name].label) for name in missing), percent=percent) for each in steps]]
             for *told, steps, missing, percent in found]
    apart = [(facts, told, other) for (_number, facts, told), other in zip(jobs, found, strict=True) if [*told] != other]
    bar.check("the page's checker answers as they do", not apart and len(jobs) == ON_THE_PAGE,
              f"{len(jobs)} cases in Chromium, {len(apart)} differ {apart[:1] or ''}")
bar.close()
