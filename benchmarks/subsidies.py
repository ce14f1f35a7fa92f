"""A million cases of the scrappage subsidy, judged as columns with all reasons, against the same in polars by hand; and one by one.

    python -m benchmarks.subsidies             measures, and prints the result
    python -m benchmarks.subsidies --write     writes it to benchmarks/results as well

The peer knows exactly one scheme, that of 2026 with its sixteen clauses, and begins with its columns in memory. Both hand over
for each case whether it is eligible, the amount, what is still to be paid, and which clauses fail or are not known; every value
must be equal. One by one the product's clauses are asked of a single case, with the words of every reason.
"""

from datetime import date
from random import Random
from typing import Any

import polars as pl

from benchmarks import running, stopwatch

CASES, ONE_BY_ONE, RUNS = 1_000_000, 20_000, 3
SCHEME, DAY, PETROL = 2026, date(2026, 2, 1), date(2013, 6, 30)  # first registered no later


def peer(facts: pl.DataFrame) -> pl.DataFrame:
    """Return what the scheme of 2026 says of the cases, written for it alone."""
    fact = pl.col
    is_nev, is_fuel = fact("new_power") == "nev", fact("new_power") == "fuel"
    old, registered, first, last = fact("old_fuel"), fact("old_registered_on"), date(2026, 1, 1), date(2026, 12, 31)
    clauses = [
        fact("applicant") == "individual",
        fact("same_owner"),
        fact("old_kind") == "passenger_car",
        ((old == "petrol") & (registered <= PETROL)) | (old.is_in(["diesel", "other"]) & (registered <= date(2015, 6, 30)))
        | ((old == "electric") & (registered <= date(2019, 12, 31))),
        fact("owned_since") <= date(2025, 1, 8),
        is_fuel | fact("new_in_catalogue"),
        is_nev | (fact("new_displacement") <= 2000),
        is_nev | old.is_in(["petrol", "diesel", "other"]),
        *(pl.when(fact(paper) <= last).then(fact(paper) >= first)
          for paper in ("handed_over_on", "deregistered_on", "invoiced_on", "registered_on")),
        pl.when(fact("applied_on") <= last).then(fact("applied_on") >= first),
        ~fact("claimed_before"),
        ~fact("used_for_replacement"),
        pl.when(fact("same_province")).then(True),
    ]
    asked = ("applicant", "same_owner", "old_kind", "old_fuel", "old_registered_on", "owned_since", "new_power", "handed_over_on",
             "deregistered_on", "invoiced_on", "registered_on", "applied_on", "claimed_before", "used_for_replacement", "same_province",
             "price", "already_paid")
    lacks = pl.any_horizontal(
        *(fact(name).is_null() for name in asked), fact("new_in_catalogue").is_null() & is_nev.fill_null(True),
        fact("new_displacement").is_null() & is_fuel.fill_null(True))
    bits = [1 << place for place in range(len(clauses))]
    share = [pl.min_horizontal(most, (fact("price") * part + 1_000_000) // 2_000_000) for most, part in ((20_000, 2400), (15_000, 2000))]
    amount = pl.when(fact("price").is_not_null()).then(pl.when(is_nev).then(share[0]).when(is_fuel).then(share[1]))
    failing, unclear, left = pl.col("failing"), pl.col("unclear"), pl.col("amount") - fact("already_paid")
    return facts.lazy().select(
        "already_paid", lacks.alias("lacks"), amount.alias("amount"),
        *(clause.alias(f"c{bit}") for clause, bit in zip(clauses, bits, strict=True)),
    ).select(
        "already_paid", "lacks", "amount",
        failing=pl.sum_horizontal(pl.when(~pl.col(f"c{bit}")).then(bit).otherwise(0) for bit in bits),
        unclear=pl.sum_horizontal(pl.when(pl.col(f"c{bit}").is_null()).then(bit).otherwise(0) for bit in bits),
    ).select(
        eligible=pl.when(failing > 0).then(pl.lit("no")).when((unclear > 0) | pl.col("lacks")).then(pl.lit("unclear"))
        .otherwise(pl.lit("yes")),
        amount=pl.col("amount"), top_up=pl.when(failing == 0).then(pl.when(left.is_not_null()).then(pl.max_horizontal(left, 0))),
        failing=failing, unclear=unclear,
    ).collect()  # fmt: skip


def measure(cases: int, one_by_one: int, runs: int) -> dict[str, Any]:
    """Judge so many cases as columns, ours and the peer's in turn, and so many one by one; return seconds, ratios and what was equal."""
    from kaifaqu.domains.subsidies import columns
    from kaifaqu.domains.subsidies.evaluating import evaluate, ready
    from kaifaqu.domains.subsidies.schemes import SCHEMES
    from kaifaqu.domains.subsidies.tests.truth import drawn

    by, chance = ready(SCHEMES.shipped().content, SCHEME, DAY), Random(9)
    facts = [drawn(chance, SCHEME) for _case in range(one_by_one)]
    table = columns.table(facts if len(facts) >= cases else (*facts, *(drawn(chance, SCHEME) for _case in range(cases - len(facts)))))
    frame = pl.DataFrame(table)
    seconds: dict[str, list[dict[str, float]]] = {"ours": [], "peer": []}
    for _run in range(runs):
        took, ours = stopwatch.timed(lambda: columns.judged(table, by))
        seconds["ours"].append(took)
        took, theirs = stopwatch.timed(lambda: peer(frame))
        seconds["peer"].append(took)
    equal = pl.DataFrame(ours).cast(theirs.schema).equals(theirs)
    took, verdicts = stopwatch.timed(lambda: [evaluate(each, by, DAY) for each in facts])
    same = [each.eligible for each in verdicts] == ours["eligible"].to_pylist()[:len(verdicts)]
    best = {side: {kind: min(each[kind] for each in told) for kind in ("cpu", "wall")} for side, told in seconds.items()}
    return {
        "benchmark": "subsidies", "machine": stopwatch.machine(),
        "size": {"cases": table.num_rows, "one_by_one": len(facts), "clauses": len(by.asked)},
        "answers": {told: ours["eligible"].to_pylist().count(told) for told in ("yes", "no", "unclear")},
        "seconds": best | {"one_by_one": took}, "equal": {"columns": equal, "one_by_one": same},
        "ratios": {
            **{kind: round(best["ours"][kind] / best["peer"][kind], 2) for kind in ("cpu", "wall")},
            "one_by_one_to_columns": round(took["cpu"] / len(facts) / (best["ours"]["cpu"] / table.num_rows), 1)},
        "per_second": {"one_by_one": round(len(facts) / took["cpu"]), "columns": round(table.num_rows / best["ours"]["cpu"])},
    }  # fmt: skip


if __name__ == "__main__":
    running.run(__doc__, measure, cases=CASES, one_by_one=ONE_BY_ONE, runs=RUNS)
