"""What the mechanisms of projects must let people do, as the newspaper page's table says it."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.kernel import actions
from kaifaqu.kernel.commit import commit
from kaifaqu.kernel.events import Event
from kaifaqu.registers.projects.models import PeriodClass, Project


def test_m2_04_another_period_derives_the_classes_anew_and_an_override_needs_reason_and_person_and_is_marked(client, projects, zone, clerk):
    projects("""
        code | name | started_on
        P1   | 铸造 | 2023-05-01
        P2   | 陶瓷 | 2024-02-01
        P3   | 仓储 | 2024-05-01
    """)
    client.force_login(clerk)
    before = Event.objects.count()

    def shown(which, period):
        page = client.get(reverse("figure", args=[f"projects.{which}.count"]), {"period": period}).context
        return [row.code for row in page["figure"].records], page["notes"]

    # changing the period from H1 to Q1 re-derives classes without editing any project
    assert [shown(which, "2024-H1") for which in ("continuing", "new")] == [(["P1"], []), (["P2", "P3"], [])]
    assert [shown(which, "2024-Q1") for which in ("continuing", "new")] == [(["P1"], []), (["P2"], [])]
    moved = "期初从 2024-01-01 移到 2024-04-01，上一期间的新建项目中 1 个在这一期间是续建：P2 陶瓷。"  # a project that moves says why
    assert [shown(which, "2024-Q2") for which in ("continuing", "new")] == [(["P1", "P2"], [moved]), (["P3"], [moved])]
    assert shown("continuing", "2024-01..06") == (["P1"], [])
    assert Event.objects.count() == before

    # an override needs a reason and a person
    project = Project.objects.get(code="P2")
    address = reverse("act", args=["projects", project.pk, "classify"])
    for ground in ("", "  "):
        refused = client.post(address, {"version": 1, "period": "2024-H1", "kind": "continuing", "ground": ground})
        assert (PeriodClass.objects.count(), bool(re.search("核定理由", refused.content.decode()))) == (0, True)
    facts = {"subject": project, "period": "2024-H1", "kind": "continuing", "ground": "  ", "person": clerk}
    with pytest.raises(ValidationError, match="核定理由"):
        commit([actions.find("period_classes.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    client.post(address, {"version": 1, "period": "2024年上半年", "kind": "continuing", "ground": "去年已做基础", "person": clerk.pk})
    [decided] = PeriodClass.objects.all()
    assert (decided.period, decided.ground, decided.person) == ("2024-H1", "去年已做基础", clerk)

    # and is marked, beside the records that it moves, in that period only
    note = "P2 陶瓷：开工日期 2024-02-01，这一期间核定为续建。理由：去年已做基础；核定人：演示clerk。"
    assert [shown(which, "2024-H1") for which in ("continuing", "new")] == [(["P1", "P2"], [note]), (["P3"], [note])]
    assert shown("new", "2024-Q1") == (["P2"], [])
    assert Project.objects.get(code="P2").row_version == 1

    commit([actions.find("period_classes.archive").plan(decided, by=clerk, version=1, reason="重复")], by=clerk)
    assert shown("continuing", "2024-H1") == (["P1"], [])


def test_a_decision_about_a_project_that_is_no_longer_under_construction_is_not_told(client, projects, zone, clerk):
    [project] = projects("code | name | started_on\nP1 | 铸造 | 2024-02-01")
    facts = {"subject": project, "period": "2024-H1", "kind": "continuing", "ground": "去年已做基础", "person": clerk}
    commit([actions.find("period_classes.create").plan(zone, by=clerk, facts=facts)], by=clerk)
    client.force_login(clerk)
    address = reverse("figure", args=["projects.continuing.count"])
    assert len(client.get(address, {"period": "2024-H1"}).context["notes"]) == 1
    commit([actions.find("projects.produce").plan(project, by=clerk, version=1, production_on="2024-05-01")], by=clerk)
    shown = client.get(address, {"period": "2024-H1"}).context
    assert (shown["figure"].value, shown["notes"]) == (0, [])
