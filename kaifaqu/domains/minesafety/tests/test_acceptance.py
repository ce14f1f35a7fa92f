"""M4-04, as far as facts go: which sites need a system, how far each is, which fences were set; and never the safety interlock."""

from decimal import Decimal

import pytest
from django.urls import reverse

from kaifaqu.domains.minesafety import indicators as figures
from kaifaqu.domains.minesafety.models import FenceSite, GeoFence, Mine, SiteKind
from kaifaqu.kernel import access, actions, testing
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.indicators import NotComputable
from kaifaqu.kernel.periods import Period

NEVER = "本系统为监督与记录软件，不是经认证的安全装置，不得替代机载联锁。"


def told(definition, day, by=None):
    """Return the figure's value on a day, with `by` also those of its groups."""
    dimension = next((each for each in definition.by if each.code == by), None)
    figure = definition.figure(Period.parse(day), scope=access.scope(), by=dimension)
    return (figure.value, {group.label: group.value for group in figure.groups}) if by else figure.value


@pytest.fixture
def sites(zone, time_machine):
    """Return sites of two mines on 1 December 2024: three in use, one late, one installed late, one taken away, one guarded."""
    time_machine.move_to("2024-12-01T10:00:00+08:00")
    testing.enter(Mine, zone, "code | name | city\nM1 | 演示一号煤矿 | 甲市\nM2 | 演示二号煤矿 | 乙市")
    made = testing.enter(FenceSite, zone, """
        code | mine | kind         | name     | contracted_on | installed_on | commissioned_on | interim_measure | until
        F1   | M1   | heading      | 一掘进面 | 2024-05-01    | 2024-06-01   | 2024-06-20      |                 |
        F2   | M1   | heading      | 二掘进面 | 2024-05-01    | 2024-09-20   | 2024-09-30      | 专人看守        |
        F3   | M1   | belt         | 主运机头 | 2024-08-01    | 2024-10-08   | 2024-10-15      |                 |
        F4   | M2   | bolting      | 钻车     | 2024-08-01    |              |                 | 专人看守        |
        F5   | M2   | stage_loader | 转载机   |               |              |                 |                 |
        F6   | M2   | sealed       | 密闭墙   |               | 2024-06-05   | 2024-06-10      |                 | 2024-07-01
    """, since="2024-04-15")
    return {each.code: each for each in made}


def test_m4_04_sites_in_use_over_those_required(sites, clerk):
    assert [told(figure, "2024-08-05") for figure in (figures.REQUIRED, figures.COMMISSIONED, figures.COMMISSIONED_RATE)] == [5, 1, 20]
    assert [told(figure, "2024-11-30") for figure in (figures.REQUIRED, figures.COMMISSIONED, figures.COMMISSIONED_RATE)] == [5, 3, 60]
    assert [told(figure, "2024-06-30") for figure in (figures.REQUIRED, figures.COMMISSIONED)] == [6, 2]
    assert told(figures.COMMISSIONED, "2024-11-30", "mine") == (3, {"演示一号煤矿": 3})
    assert told(figures.REQUIRED, "2024-11-30", "mine_city") == (5, {"甲市": 3, "乙市": 2})
    plan = actions.find("fence_sites.archive").plan
    commit([plan(sites["F1"], by=clerk, version=1, reason="重复登记")], by=clerk)
    assert [told(figure, "2024-11-30") for figure in (figures.REQUIRED, figures.COMMISSIONED, figures.COMMISSIONED_RATE)] == [4, 2, 50]


def test_m4_04_late_is_what_is_not_in_use_after_the_notices_day(sites, zone, clerk):
    assert [told(figures.OVERDUE, day) for day in ("2024-09-30", "2024-10-01", "2024-10-15", "2024-11-30")] == [0, 3, 2, 2]
    assert "2024 年 9 月 30 日" in figures.OVERDUE.figure(Period.parse("2024-11-30"), scope={zone}).rule
    facts = {"kind": "minesafety.deadline", "since": "2024-01-01", "published_on": "2024-10-01", "source_document": "演示延期通知",
             "content": '{"day": "2024-12-31"}'}
    commit([actions.find("rules.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    assert told(figures.OVERDUE, "2024-11-30") == 0


def test_m4_04_without_system_an_interim_measure_applies(sites, zone):
    assert [told(figures.UNGUARDED, day) for day in ("2024-06-01", "2024-08-05", "2024-11-30")] == [4, 2, 1]
    figure = figures.UNGUARDED.figure(Period.parse("2024-11-30"), scope={zone})
    assert [each.code for each in figure.records] == ["F5"]
    with pytest.raises(NotComputable):
        figures.UNGUARDED.choose(Period.parse("2024-12-31"), frozenset({zone.pk}), figure.world)


def test_m4_04_a_fence_is_a_place_underground_with_two_rings_and_versions(sites, zone):
    testing.enter(GeoFence, zone, """
        code | name     | frame   | roadway    | outline             | warn_distance | stop_distance | since      | until
        G1   | 机身     | machine |            | 0,0;5.2,0;5.2,2.4   | 6             | 3             | 2024-06-01 | 2024-08-01
        G2   | 机身     | machine |            | 0,0;5.2,0;5.2,2.4   | 6.5           | 3.5           | 2024-08-01 |
        G3   | 交叉口   | roadway | 一水平大巷 | 0,-3;40,-3;40,3     | 4             | 1.5           | 2024-06-01 |
    """, site=sites["F1"])
    figure = figures.FENCES.figure(Period.parse("2024-08-05"), scope={zone})
    rings = [(each.code, each.stop_distance) for each in figure.records]
    assert (figure.value, rings) == (2, [("G2", Decimal("3.5")), ("G3", Decimal("1.5"))])
    assert told(figures.FENCES, "2024-07-31") == 2


def test_m4_04_the_notice_names_eight_kinds_of_site():
    assert len(SiteKind.choices) == 8


def test_m4_04_every_page_says_that_it_is_never_the_interlock(sites, zone, clerk, client):
    client.force_login(clerk)
    pages = [("records", ["mines"]), ("records", ["fence_sites"]), ("records", ["geo_fences"]),
             ("record", ["fence_sites", sites["F1"].pk]), ("record", ["mines", sites["F1"].mine_id]), ("figure", [figures.OVERDUE.code])]
    for name, keys in pages:
        assert NEVER in client.get(reverse(name, args=keys), {"period": "2024-11-30"} if name == "figure" else {}).content.decode(), keys
    for address in (
        reverse("new", args=["mines"]), reverse("new", args=["fence_sites"]), reverse("new", args=["geo_fences"]),
        reverse("import-table", args=["fence_sites"]),
        reverse("act", args=["fence_sites", sites["F1"].pk, "correct"]), reverse("act", args=["fence_sites", sites["F1"].pk, "archive"]),
        f'{reverse("bulk", args=["fence_sites"])}?verb=correct&id={sites["F1"].pk}&only=interim_measure',
    ):
        assert NEVER in client.get(address).content.decode(), address
    assert NEVER not in client.get(reverse("new", args=["enterprises"])).content.decode()
    address = reverse("edit", args=["fence_sites", sites["F1"].pk])
    form = client.get(address).context["form"]
    typed = {each.html_name: each.value() or "" for each in form} | {"version": form.version, "read": form.read, "token": form.token}
    correct = actions.find("fence_sites.correct").plan
    commit([correct(sites["F1"], by=clerk, version=1, facts={"name": "他改的"}, reason="核对")], by=clerk)
    conflict = client.post(address, typed | {"name": "我改的", "reason": "核对"})
    assert (conflict.status_code, NEVER in conflict.content.decode()) == (409, True)
    refused = client.post(reverse("new", args=["geo_fences"]), {"name": "机身"}).content.decode()
    assert NEVER in refused, "what is handed back says so too"
    for register in (FenceSite, GeoFence):
        assert "interlock" in register.__doc__ or "certified controller" in register.__doc__
