"""One case after the other of the truth table."""

import pytest

from kaifaqu.domains.subsidies.evaluating import evaluate, ready
from kaifaqu.domains.subsidies.facts import FACTS, read
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.truth import cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.number}")
def test_the_truth_table(case):
    facts = {name: FACTS[name].read(text) for name, text in case.told.items()}
    found = evaluate(facts, ready(SCHEMES.shipped().content, case.scheme, case.as_of), case.as_of)
    reasons = [each.code for each in (found.failing or found.unclear)]
    assert (found.eligible, found.amount, found.top_up, reasons) == (case.eligible, case.amount, case.top_up, case.reasons), case.by
    assert found.office


def test_every_case_reads_without_a_problem_but_for_contradictions():
    assert len(cases()) >= 60
    for case in cases():
        assert None not in [FACTS[name].read(text) for name, text in case.told.items()]
    assert read({"price": "12万"}, case.as_of)[1]
