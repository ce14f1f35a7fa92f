"""One pass returns what the ORM returns for the same measures, one by one."""

import random

import pytest
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from kaifaqu.kernel import actions, onepass
from kaifaqu.kernel.access import SYSTEM, Party
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import last_seq
from kaifaqu.kernel.world import World

MEASURES = (Count("id"), Count("parent_id", distinct=True), Max("row_version"))


@pytest.fixture
def parties(zone):
    """Parties with and without a parent and an English name, some of them corrected or archived since `known`."""
    create, correct, archive = (actions.find(f"parties.{verb}").plan for verb in ("create", "correct", "archive"))
    chance = random.Random(7)
    made = [zone]
    for number in range(40):
        facts = {"code": f"T{number}", "name": f"部门{number % 7}", "name_en": chance.choice(("", "A", "B")),
                 "parent": chance.choice((None, *made))}
        made += commit([create(zone, by=SYSTEM, facts=facts)], by=SYSTEM)
    known = last_seq()
    commit([correct(each, by=SYSTEM, version=1, facts={"name_en": "C"}, reason="更名") for each in made[5:15]], by=SYSTEM)
    commit([archive(each, by=SYSTEM, version=1, reason="撤销") for each in made[30:35]], by=SYSTEM)
    return known


def conditions(chance, world):
    """Return random conditions, built of a few parts that stand in many of them."""
    rows = world.rows(Party)
    whole = onepass.asked_once(lambda letter: Q(name_en=letter) & ~Q(id__in=rows.filter(parent=None).values("parent_id")))
    leaves = [
        Q(name_en="A"), Q(name_en__in=["A", "B"]), Q(parent_id__in=[]), Q(parent_id=None), Q(parent_id__gt=10),
        Q(row_version=F("row_version")),
        Q(id__in=rows.filter(name_en="B").values("id")), Q(parent_id__in=rows.filter(name_en="B").values("id")),
        Q(Exists(rows.filter(parent_id=OuterRef("id")))), whole("A"), whole("B"), Q(),
    ]

    def grow(depth):
        node = chance.choice(leaves) if depth == 0 else chance.choice((Q.__and__, Q.__or__))(grow(depth - 1), grow(depth - 1))
        return ~node if node and chance.random() < 0.4 else node

    return [grow(chance.randrange(4)) for _ in range(120)]


@pytest.mark.parametrize("group", [None, "name"])
@pytest.mark.parametrize("past", [False, True])
def test_one_pass_is_what_the_orm_says(parties, monkeypatch, past, group):
    monkeypatch.setattr(onepass, "COLUMNS", 50)
    world = World(parties if past else None)
    chance, rows = random.Random(11), world.rows(Party)
    asked = {number: (chance.choice(MEASURES), condition) for number, condition in enumerate(conditions(chance, world))}
    found = onepass.aggregate(rows, asked, group and F(group))
    assert len(found) == (1 if group is None else 8)
    for number, (measure, condition) in asked.items():
        for key, values in found.items():
            of_group = rows if group is None else rows.filter(name=key)
            assert values[number] == of_group.filter(condition).aggregate(value=measure)["value"], condition


def test_an_empty_scope_has_no_groups_and_no_values(zone):
    asked = {"number": (Count("id"), Q(name="甲"))}
    assert onepass.aggregate(Party.objects.filter(owner_id__in=[]), asked, F("name")) == {}


def test_what_it_cannot_join_is_refused(zone):
    with pytest.raises(TypeError, match="XOR"):
        onepass.aggregate(Party.objects.all(), {"number": (Count("id"), Q(name="甲") ^ Q(name="乙"))})
