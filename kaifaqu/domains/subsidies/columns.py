"""Many cases at once: the clauses of a scheme over the columns of a table, with the same answers as for one case.

A table has a column for each fact, in the types of `ARROW`; what is not known is null. Of each row are told the answer, the
amounts in whole 元, and which clauses fail or are not known, a bit for each clause in the order of `codes`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kaifaqu.domains.subsidies.conditions import Columns, among
from kaifaqu.domains.subsidies.evaluating import NO, UNCLEAR, WHOLE_SHARE, YES, Asked, Ready
from kaifaqu.domains.subsidies.facts import FACTS
from kaifaqu.domains.subsidies.schemes import KINDS, Terms

ANSWERS = [YES, NO, UNCLEAR]
HALF = 31  # bits of a number for the clauses that hold; the next ones are for those not known
ARROW = pa.schema([(name, fact.arrow) for name, fact in FACTS.items()])


def table(cases: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return the table of the facts of many cases."""
    rows = [*cases]
    columns = []
    for column in ARROW:
        values = [row.get(column.name) for row in rows]
        if column.type == pa.date32():
            values = [None if each is None else date.fromisoformat(each) for each in values]
        columns.append(pa.array(values, column.type))
    return pa.Table.from_arrays(columns, schema=ARROW)


def judged(table: pa.Table, ready: Ready) -> pa.Table:
    """Return for each row, in their order: eligible, amount, top_up, failing, unclear."""
    facts = Columns(table)
    amount = _amount(ready.terms, facts)
    failing, unclear = _bits([_answer(each, facts) for each in ready.asked])
    fails = pc.not_equal(failing, 0)
    lacks = reduce(pc.or_, (pc.not_equal(unclear, 0), *(_is_missing(name, facts) for name in ready.needed)))
    left = pc.max_element_wise(pc.subtract(amount, facts["already_paid"]), 0, skip_nulls=False)
    eligible = pc.if_else(fails, ANSWERS.index(NO), pc.if_else(lacks, ANSWERS.index(UNCLEAR), ANSWERS.index(YES)))
    return pa.table({
        "eligible": pa.DictionaryArray.from_arrays(eligible.combine_chunks().cast(pa.int8()), ANSWERS), "amount": amount,
        "top_up": pc.if_else(fails, pa.scalar(None, pa.int64()), left), "failing": failing, "unclear": unclear})


def codes(ready: Ready) -> list[str]:
    """Return the codes of the clauses, in the order of their bits."""
    return [each.clause.code for each in ready.asked]


def told(ready: Ready, bits: int) -> list[str]:
    """Return the codes of the clauses whose bits are set."""
    return [code for place, code in enumerate(codes(ready)) if bits >> place & 1]


def _bits(answers: list[pa.ChunkedArray]) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Return for each row the sum of the bits of the clauses that fail, and of those that are not known."""
    both = reduce(pc.add, (
        pc.fill_null(pc.shift_left(answer.cast(pa.int64()), place), 1 << HALF + place) for place, answer in enumerate(answers)))
    holding, unclear = pc.bit_wise_and(both, (1 << HALF) - 1), pc.shift_right(both, HALF)
    failing = pc.subtract(pc.subtract((1 << len(answers)) - 1, holding), unclear)
    return failing.cast(pa.int32()), unclear.cast(pa.int32())


def _is_missing(name: str, facts: Columns) -> pa.ChunkedArray:
    missing, when = pc.is_null(facts[name]), FACTS[name].when
    return missing if when is None else pc.and_(missing, pc.fill_null(facts.hold(among(*when)), True))


def _answer(asked: Asked, facts: Columns) -> pa.ChunkedArray:
    holds = facts.hold(asked.condition)
    if asked.opened is None:
        return holds
    return pc.if_else(pc.fill_null(facts.hold(asked.opened), False), pa.scalar(None, pa.bool_()), holds)


def _amount(terms: Terms, facts: Columns) -> pa.ChunkedArray:
    found = pa.scalar(None, pa.int64())
    for kind in KINDS:
        paid, share = pa.scalar(terms[kind], pa.int64()), terms.get(f"{kind}_share")
        if share is not None:  # halves of a 元 are rounded up; what is divided is never negative
            doubled = pc.add(pc.multiply(facts["price"], 2 * share), 100 * WHOLE_SHARE)
            paid = pc.min_element_wise(paid, pc.divide(doubled, 200 * WHOLE_SHARE), skip_nulls=False)
        found = pc.if_else(pc.fill_null(facts.hold(among("new_power", kind)), False), paid, found)
    return found
