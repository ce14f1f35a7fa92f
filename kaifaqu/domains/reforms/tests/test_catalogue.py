"""The item catalogue: a rule whose prerequisites lead somewhere and never round in a circle."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.reforms.catalogue import CATALOGUE, catalogue_of, chosen_of
from kaifaqu.domains.reforms.packages_schedule import longest
from kaifaqu.domains.reforms.tests.conftest import ITEMS, lay_down, on


def test_the_shipped_catalogue_is_thirteen_items_from_filing_to_permit_in_sixty_and_twenty_days():
    content = CATALOGUE.shipped().content
    assert CATALOGUE.check(content) == ""
    items = content["items"]
    needs = {code: tuple(each.get("needs", ())) for code, each in items.items()}
    assert (len(items), next(iter(items)), [*items][-1]) == (13, "filing", "permit")
    assert [longest({code: each[kind] for code, each in items.items()}, needs) for kind in ("statutory", "promised")] == [60, 20]


@pytest.mark.parametrize(("change", "told"), [
    ({"filing": {"needs": ["permit"]}}, "前置事项绕成了一圈：备案 → 施工许可 → 规划许可 → 备案"),
    ({"eia": {"needs": ["nothing"]}}, "事项「环评」的前置事项「nothing」不在目录里"),
    ({"eia": {"promised": 21}}, "「法定时限」不能小于「承诺时限」"),
    ({"eia": {"body": ""}}, "审批部门"),
])
def test_what_cannot_be_is_refused_with_the_names(office, change, told):
    items = {code: {**each, **change.get(code, {})} for code, each in ITEMS.items()}
    with pytest.raises(ValidationError, match=told):
        lay_down(office.zone, items, "2024-06-01")


def test_a_package_has_the_catalogue_of_its_day(office):
    lay_down(office.zone, {"filing": ITEMS["filing"]}, "2024-06-01")
    assert [*catalogue_of(office.zone.pk, on(5, 31))] == [*ITEMS]
    assert [*catalogue_of(office.zone.pk, on(6, 1))] == ["filing"]


def test_unknown_codes_are_named_with_those_that_there_are(office):
    catalogue = catalogue_of(office.zone.pk, on(7, 1))
    assert chosen_of(catalogue, ["plan", "permit"]) == {"plan": (), "permit": ("plan",)}
    with pytest.raises(ValidationError, match="事项目录里没有「x」。可选：filing（备案）、plan（规划许可）"):
        chosen_of(catalogue, ["x"])
