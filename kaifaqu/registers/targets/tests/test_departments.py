"""Who is a department of a zone: all parties below it in the tree that are no enterprise."""

from kaifaqu.kernel import testing
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.targets.forms import departments_of
from kaifaqu.registers.targets.models import lies_below


def test_the_tree_is_read_once_whatever_it_holds(zone, other, targets, departments, django_assert_num_queries):
    works = testing.party(zone, "QY", "某企业", zone)
    testing.enter(Enterprise, zone, "code | name | party\nQ1 | 某企业 | QY\nQ2 | 无账户 |")
    office = testing.party(zone, "KS", "科室", departments[0])
    told = [lies_below(each, zone.pk) for each in (*departments, office, works, zone, other)]
    assert told == [True, True, True, True, False, False]
    with django_assert_num_queries(2):
        assert [each.code for each in departments_of(targets["S"])] == ["KS", "XM", "ZS"]
