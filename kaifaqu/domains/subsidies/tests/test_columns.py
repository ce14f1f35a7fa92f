"""Columns answer as one case does, on random cases of every scheme and on the truth table."""

import random
from datetime import date

import pytest

from kaifaqu.domains.subsidies import columns
from kaifaqu.domains.subsidies.evaluating import evaluate, ready
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.domains.subsidies.schemes import SCHEMES
from kaifaqu.domains.subsidies.tests.truth import cases, drawn


@pytest.mark.parametrize(
    ("scheme", "as_of"),
    [(2024, "2024-05-01"), (2024, "2024-08-05"), (2024, "2024-08-16"), (2025, "2025-06-01"), (2026, "2026-06-01")])
def test_columns_and_scalars_agree(scheme, as_of):
    by, day = ready(SCHEMES.shipped().content, scheme, date.fromisoformat(as_of)), date.fromisoformat(as_of)
    some = [drawn(random.Random(f"{scheme} {number}"), scheme) for number in range(1500)]
    found = columns.judged(columns.table(some), by).to_pylist()
    assert len(found) == len(some)
    for facts, row in zip(some, found, strict=True):
        one = evaluate(facts, by, day)
        assert (row["eligible"], row["amount"], row["top_up"]) == (one.eligible, one.amount, one.top_up)
        assert columns.told(by, row["failing"]) == [each.code for each in one.failing]
        assert columns.told(by, row["unclear"]) == [each.code for each in one.unclear]
    assert {row["eligible"] for row in found} == {"yes", "no", "unclear"}


def test_columns_answer_the_truth_table():
    for case in cases():
        facts = {name: FACTS[name].read(text) for name, text in case.told.items()}
        by = ready(SCHEMES.shipped().content, case.scheme, case.as_of)
        [row] = columns.judged(columns.table([facts]), by).to_pylist()
        assert (row["eligible"], row["amount"], row["top_up"]) == (case.eligible, case.amount, case.top_up), case
        assert columns.told(by, row["failing"] or row["unclear"]) == case.reasons
