"""The truth table of the subsidy: cases written by hand from the documents, each with what it must come to and why.

A case is the base case of its scheme with some facts changed ("-" takes one away). R75 is 商消费函〔2024〕75号, R1104 发改环资
〔2024〕1104号, R392 商消费函〔2024〕392号, R8 商办消费函〔2025〕8号, R26 the rules of 2026.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any

from kaifaqu.domains.subsidies.facts import FACTS

SAME = {
    "applicant": "individual", "same_owner": "true", "old_kind": "passenger_car", "old_fuel": "petrol", "new_power": "nev",
    "new_in_catalogue": "true", "price": "200000", "already_paid": "0", "claimed_before": "false", "used_for_replacement": "false",
    "same_province": "true", "old_registered_on": "2010-03-18", "owned_since": "2010-03-18"}
PAPERS = {"handed_over_on": "05-06", "deregistered_on": "05-12", "invoiced_on": "05-10", "registered_on": "05-15", "applied_on": "05-20"}
FUEL_CAR = "new_power=fuel new_in_catalogue=- new_displacement=1.498"

TABLE = """
scheme | as of      | changed facts                                 | eligible | amount | top up | reasons            | by
2024   | 2024-08-16 |                                               | yes      | 20000  | 20000  |                    | R392
2024   | 2024-04-24 |                                               | yes      | 10000  | 10000  |                    | R75
2024   | 2024-07-24 |                                               | yes      | 10000  | 10000  |                    | R75
2024   | 2024-07-25 |                                               | yes      | 10000  | 10000  |                    | R1104 awaited
2024   | 2024-08-05 |                                               | yes      | 10000  | 10000  |                    | R1104 awaited
2024   | 2024-08-15 |                                               | yes      | 10000  | 10000  |                    | R1104 awaited
2024   | 2024-08-17 |                                               | yes      | 20000  | 20000  |                    | R392
2024   | 2024-07-24 | FUEL                                          | yes      | 7000   | 7000   |                    | R75
2024   | 2024-08-15 | FUEL                                          | yes      | 7000   | 7000   |                    | R1104 awaited
2024   | 2024-08-16 | FUEL                                          | yes      | 15000  | 15000  |                    | R392
2024   | 2024-08-16 | already_paid=10000                            | yes      | 20000  | 10000  |                    | R392: paid ones are topped up
2024   | 2024-08-16 | FUEL already_paid=7000                        | yes      | 15000  | 8000   |                    | R392: paid ones are topped up
2024   | 2024-08-15 | already_paid=10000                            | yes      | 10000  | 0      |                    | R75
2024   | 2024-08-16 | already_paid=20000                            | yes      | 20000  | 0      |                    | R392
2024   | 2024-08-16 | applicant=organisation                        | no       | 20000  | -      | individual         | R75
2024   | 2024-08-16 | same_owner=false                              | no       | 20000  | -      | same_owner         | R75
2024   | 2024-08-16 | old_kind=other                                | no       | 20000  | -      | passenger_car      | R75
2024   | 2024-08-16 | old_registered_on=2011-06-29                  | yes      | 20000  | 20000  |                    | R75
2024   | 2024-08-16 | old_registered_on=2011-06-30                  | yes      | 20000  | 20000  |                    | R75: the day included
2024   | 2024-08-16 | old_registered_on=2011-07-01                  | no       | 20000  | -      | first_registration | R75
2024   | 2024-08-16 | old_fuel=diesel old_registered_on=2013-06-29  | yes      | 20000  | 20000  |                    | R75
2024   | 2024-08-16 | old_fuel=diesel old_registered_on=2013-06-30  | yes      | 20000  | 20000  |                    | R75
2024   | 2024-08-16 | old_fuel=diesel old_registered_on=2013-07-01  | no       | 20000  | -      | first_registration | R75
2024   | 2024-08-16 | old_fuel=other old_registered_on=2013-06-29   | yes      | 20000  | 20000  |                    | R75
2024   | 2024-08-16 | old_fuel=other old_registered_on=2013-06-30   | yes      | 20000  | 20000  |                    | R75: a hybrid is a fuel car
2024   | 2024-08-16 | old_fuel=other old_registered_on=2013-07-01   | no       | 20000  | -      | first_registration | R75
2024   | 2024-08-16 | old_fuel=electric old_registered_on=2018-04-29 | yes      | 20000  | 20000  |                    | R75
2024   | 2024-08-16 | old_fuel=electric old_registered_on=2018-04-30 | yes      | 20000  | 20000  |                    | R75
2024   | 2024-08-16 | old_fuel=electric old_registered_on=2018-05-01 | no       | 20000  | -      | first_registration | R75
2024   | 2024-08-16 | owned_since=2024-07-24                        | yes      | 20000  | 20000  |                    | R1104
2024   | 2024-08-16 | owned_since=2024-07-25                        | unclear  | 20000  | 20000  | owned              | R1104: 之前, the day not said
2024   | 2024-08-16 | owned_since=2024-07-26                        | no       | 20000  | -      | owned              | R1104
2024   | 2024-07-24 | owned_since=2024-07-26                        | yes      | 10000  | 10000  |                    | R75 has no such day
2024   | 2024-07-25 | owned_since=2024-07-26                        | no       | 10000  | -      | owned              | R1104: known from that day
2024   | 2024-08-16 | new_in_catalogue=false                        | no       | 20000  | -      | catalogue          | R75
2024   | 2024-08-16 | FUEL new_displacement=1.999                   | yes      | 15000  | 15000  |                    | R75
2024   | 2024-08-16 | FUEL new_displacement=2.000                   | yes      | 15000  | 15000  |                    | R75: 2.0 L and less
2024   | 2024-08-16 | FUEL new_displacement=2.001                   | no       | 15000  | -      | displacement       | R75
2024   | 2024-08-16 | FUEL old_fuel=electric                        | no       | 15000  | -      | fuel_for_fuel      | R75
2024   | 2024-08-16 | FUEL old_fuel=other                           | yes      | 15000  | 15000  |                    | R75
2024   | 2025-01-10 | handed_over_on=2024-04-23                     | no       | 20000  | -      | handed_over_on     | R75
2024   | 2025-01-10 | handed_over_on=2024-04-24                     | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | handed_over_on=2024-04-25                     | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | deregistered_on=2024-04-23                    | no       | 20000  | -      | deregistered_on    | R75
2024   | 2025-01-10 | deregistered_on=2024-04-24                    | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | invoiced_on=2024-04-23                        | no       | 20000  | -      | invoiced_on        | R75
2024   | 2025-01-10 | invoiced_on=2024-04-24                        | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | registered_on=2024-04-23                      | no       | 20000  | -      | registered_on      | R75
2024   | 2025-01-10 | registered_on=2024-04-24                      | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | registered_on=2024-12-30                      | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | registered_on=2024-12-31                      | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-10 | registered_on=2025-01-01                      | no       | 20000  | -      | registered_on      | R75
2024   | 2025-01-11 | applied_on=2025-01-09                         | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-11 | applied_on=2025-01-10                         | yes      | 20000  | 20000  |                    | R75
2024   | 2025-01-11 | applied_on=2025-01-11                         | no       | 20000  | -      | applied            | R75
2024   | 2024-08-16 | applied_on=2024-04-23                         | no       | 20000  | -      | applied            | R75
2024   | 2024-08-16 | applicant=organisation old_kind=other old_registered_on=2012-01-01 | no       | 20000  | -      | individual passenger_car first_registration | R75: all reasons
2024   | 2024-08-16 | FUEL old_fuel=electric new_displacement=2.4 owned_since=2024-08-01 | no       | 15000  | -      | owned displacement fuel_for_fuel | R75, R1104
2024   | 2024-08-16 | old_fuel=-                                    | unclear  | 20000  | 20000  | first_registration | a fact is missing
2024   | 2024-08-16 | old_fuel=- old_registered_on=2012-01-01       | unclear  | 20000  | 20000  | first_registration | R75
2024   | 2024-08-16 | old_fuel=- old_registered_on=2019-01-01       | no       | 20000  | -      | first_registration | R75: too late for every fuel
2024   | 2024-08-16 | price=-                                       | unclear  | 20000  | 20000  |                    | a fact is missing
2024   | 2024-08-16 | already_paid=-                                | unclear  | 20000  | -      |                    | a fact is missing
2024   | 2024-08-16 | new_power=-                                   | unclear  | -      | -      | displacement       | a fact is missing
2024   | 2024-08-16 | applicant=- same_owner=false                  | no       | 20000  | -      | same_owner         | one no decides
2024   | 2024-08-16 | claimed_before=true                           | yes      | 20000  | 20000  |                    | 2024 knows no such limit
2025   | 2025-01-17 |                                               | yes      | 20000  | 20000  |                    | R8
2025   | 2025-01-17 | FUEL                                          | yes      | 15000  | 15000  |                    | R8
2025   | 2025-06-01 | old_registered_on=2012-06-29                  | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | old_registered_on=2012-06-30                  | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | old_registered_on=2012-07-01                  | no       | 20000  | -      | first_registration | R8
2025   | 2025-06-01 | old_fuel=diesel old_registered_on=2014-06-30  | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | old_fuel=diesel old_registered_on=2014-07-01  | no       | 20000  | -      | first_registration | R8
2025   | 2025-06-01 | old_fuel=other old_registered_on=2014-06-30   | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | old_fuel=other old_registered_on=2014-07-01   | no       | 20000  | -      | first_registration | R8
2025   | 2025-06-01 | old_fuel=electric old_registered_on=2018-12-31 | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | old_fuel=electric old_registered_on=2019-01-01 | no       | 20000  | -      | first_registration | R8
2025   | 2025-06-01 | owned_since=2025-01-07                        | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | owned_since=2025-01-08                        | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | owned_since=2025-01-09                        | no       | 20000  | -      | owned              | R8
2025   | 2025-06-01 | invoiced_on=2025-01-01                        | yes      | 20000  | 20000  |                    | R8
2025   | 2025-06-01 | invoiced_on=2024-12-31                        | unclear  | 20000  | 20000  | invoiced_on        | R8: papers of 2024, not said
2025   | 2025-06-01 | invoiced_on=2024-04-23                        | no       | 20000  | -      | invoiced_on        | before any scheme
2025   | 2026-01-12 | applied_on=2026-01-09                         | yes      | 20000  | 20000  |                    | R8
2025   | 2026-01-12 | applied_on=2026-01-10                         | yes      | 20000  | 20000  |                    | R8
2025   | 2026-01-12 | applied_on=2026-01-11                         | no       | 20000  | -      | applied            | R8
2025   | 2026-01-12 | registered_on=2025-12-31 applied_on=2026-01-08 | yes      | 20000  | 20000  |                    | R8
2025   | 2026-01-12 | registered_on=2026-01-01 applied_on=2026-01-08 | unclear  | 20000  | 20000  | registered_on      | R8: papers of 2026, not said
2025   | 2025-06-01 | claimed_before=true                           | no       | 20000  | -      | once               | R8
2025   | 2025-06-01 | used_for_replacement=true                     | no       | 20000  | -      | not_replaced       | R8
2025   | 2025-06-01 | claimed_before=-                              | unclear  | 20000  | 20000  | once               | R8
2026   | 2026-06-01 |                                               | yes      | 20000  | 20000  |                    | R26: 12 %, at most 20000
2026   | 2026-06-01 | price=166666.66                               | yes      | 20000  | 20000  |                    | R26: 19999.9992
2026   | 2026-06-01 | price=166650                                  | yes      | 19998  | 19998  |                    | R26
2026   | 2026-06-01 | price=100000                                  | yes      | 12000  | 12000  |                    | R26
2026   | 2026-06-01 | price=99995.83                                | yes      | 11999  | 11999  |                    | R26: 11999.4996
2026   | 2026-06-01 | price=99995.84                                | yes      | 12000  | 12000  |                    | R26: 11999.5008
2026   | 2026-06-01 | FUEL price=100000                             | yes      | 10000  | 10000  |                    | R26: 10 %
2026   | 2026-06-01 | FUEL price=149990                             | yes      | 14999  | 14999  |                    | R26
2026   | 2026-06-01 | FUEL price=150000                             | yes      | 15000  | 15000  |                    | R26: at most 15000
2026   | 2026-06-01 | FUEL price=150010                             | yes      | 15000  | 15000  |                    | R26
2026   | 2026-06-01 | price=-                                       | unclear  | -      | -      |                    | R26: no share of nothing
2026   | 2026-06-01 | old_registered_on=2013-06-30                  | yes      | 20000  | 20000  |                    | R26
2026   | 2026-06-01 | old_registered_on=2013-07-01                  | no       | 20000  | -      | first_registration | R26
2026   | 2026-06-01 | old_fuel=diesel old_registered_on=2015-06-30  | yes      | 20000  | 20000  |                    | R26
2026   | 2026-06-01 | old_fuel=other old_registered_on=2015-07-01   | no       | 20000  | -      | first_registration | R26
2026   | 2026-06-01 | old_fuel=electric old_registered_on=2019-12-31 | yes      | 20000  | 20000  |                    | R26
2026   | 2026-06-01 | old_fuel=electric old_registered_on=2020-01-01 | no       | 20000  | -      | first_registration | R26
2026   | 2026-06-01 | owned_since=2025-01-08                        | yes      | 20000  | 20000  |                    | R26
2026   | 2026-06-01 | owned_since=2025-01-09                        | no       | 20000  | -      | owned              | R26
2026   | 2026-06-01 | FUEL old_fuel=electric                        | no       | 15000  | -      | fuel_for_fuel      | R26 says so explicitly
2026   | 2026-06-01 | handed_over_on=2025-12-31                     | no       | 20000  | -      | handed_over_on     | R26
2026   | 2026-06-01 | handed_over_on=2026-01-01                     | yes      | 20000  | 20000  |                    | R26
2026   | 2026-06-01 | same_province=false                           | unclear  | 20000  | 20000  | same_province      | R26: in principle
2026   | 2027-01-02 | applied_on=2026-12-31                         | yes      | 20000  | 20000  |                    | R26
2026   | 2027-01-02 | applied_on=2027-01-01                         | unclear  | 20000  | 20000  | applied            | R26: a local notice says
2026   | 2027-01-05 | registered_on=2027-01-01 applied_on=2027-01-04 | unclear  | 20000  | 20000  | registered_on applied | R26: neither is said
"""  # noqa: E501 a row of the table is one case


@dataclass(frozen=True)
class Case:
    """One row of the table: facts as they are typed, and what the answer must be; amounts in 元, None for none."""

    number: int
    scheme: int
    as_of: date
    told: dict[str, str]
    eligible: str
    amount: int | None
    top_up: int | None
    reasons: list[str]
    by: str


def cases() -> list[Case]:
    """Return the rows of the table."""
    return [_case(number, [cell.strip() for cell in line.split("|")]) for number, line in enumerate(TABLE.strip().splitlines()) if number]


@cache
def _values() -> dict[str, list[Any]]:
    """Return by fact what it is anywhere in the table, and None."""
    return {name: [None, *sorted({fact.read(case.told[name]) for case in cases() if name in case.told})] for name, fact in FACTS.items()}


@cache
def _bases(scheme: int) -> list[dict[str, Any]]:
    return [{name: FACTS[name].read(text) for name, text in case.told.items()} for case in cases() if case.scheme == scheme]


def drawn(chance: Random, scheme: int) -> dict[str, Any]:
    """Return a row of the scheme with up to four facts as they are elsewhere in the table, or not known."""
    facts = dict(chance.choice(_bases(scheme)))
    for name in chance.sample([*FACTS], chance.randrange(5)):
        facts[name] = chance.choice(_values()[name])
    return {name: value for name, value in facts.items() if value is not None}


def _case(number: int, cells: list[str]) -> Case:
    scheme, as_of, changed, eligible, amount, top_up, reasons, by = cells
    told: dict[str, str] = SAME | {name: f"{scheme}-{day}" for name, day in PAPERS.items()}
    for word in changed.replace("FUEL", FUEL_CAR).split():
        name, _equals, value = word.partition("=")
        assert name in FACTS
        told[name] = value
    return Case(
        number, int(scheme), date.fromisoformat(as_of), {name: text for name, text in told.items() if text != "-"}, eligible,
        _whole(amount), _whole(top_up), reasons.split(), by)


def _whole(text: str) -> int | None:
    return None if text == "-" else int(text)
