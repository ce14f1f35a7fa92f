"""The demo zone: loaded through the actions on its story's own days, with the totals that its tables fix."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kaifaqu.kernel import access, audit, clock, events, indicators
from kaifaqu.kernel.access import SYSTEM, Grant, Party, User
from kaifaqu.kernel.events import Event
from kaifaqu.kernel.fields import PartialDate
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.records import references
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Lead, PlanYearClass, Project, ProjectAssignment
from kaifaqu.web import sample
from kaifaqu.web.backend import Backend

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded(demo):
    clock.release()


def figure(code, period="2024-06-30", **asked):
    return indicators.find(code).figure(Period.parse(period), scope=access.scope(), **asked)


def test_it_stands_on_its_day_and_loads_once(demo):
    assert clock.today() == date(2024, 8, 5)
    with pytest.raises(ValidationError, match="只能载入空的安装"):
        sample.load()


def test_the_chain_verifies_and_moves_forward_only():
    assert audit.verify().problems == []
    moments = list(Event.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[0].date() == date(2022, 2, 21)


def test_only_the_founding_is_the_systems():
    founding = Event.objects.filter(actor=SYSTEM.code).values_list("action", flat=True)
    assert [*founding] == ["installations.found"] * 2 + ["roles.create", "users.create", "memberships.create"]
    assert set(Event.objects.exclude(actor=SYSTEM.code).values_list("actor", flat=True)) <= {*sample.PEOPLE}


@pytest.mark.parametrize("code", sample.PEOPLE)
def test_every_account_signs_in(code):
    [password] = [each for _label, account, each in sample.accounts() if account == code]
    assert Backend().authenticate(None, username=code, password=password) == User.objects.get(code=code)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("leads.known.count", 60), ("leads.negotiated.count", 40), ("leads.in_negotiation.count", 10),
        ("projects.rate.signing.negotiation", "65.00"), ("projects.rate.signing.lead", "43.33"),
        ("projects.rate.signing.target", "45.00"), ("projects.rate.start", "80.77"), ("projects.rate.production", "33.33"),
        ("projects.rate.full_capacity", "72.00"), ("projects.rate.full_capacity.count", "71.43"),
    ],
)
def test_the_funnel_and_the_rates_of_the_half_year(code, value):
    assert figure(code).value == Decimal(value)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("investment.cumulative", 47000), ("standard_workshop.completed_area", 14000), ("standard_workshop.completed_buildings", 4),
        ("standard_workshop.area_per_building", 3500), ("standard_workshop.in_progress_area", 27000),
        ("standard_workshop.total_area", 41000), ("sewage.capacity", 20000), ("completed.count", 4), ("in_progress.count", 4),
    ],
)
def test_the_infrastructure_of_the_demo_day(code, value):
    assert figure(f"infrastructure.{code}", "2024-08-05").value == value


def test_the_plant_was_over_its_capacity_on_two_days_and_one_has_no_report():
    assert [figure(f"infrastructure.sewage.{code}", "2024").value for code in ("days_reported", "days_over")] == [39, 2]


def test_leads_stand_where_the_story_left_them():
    stages = [*Lead.objects.current().filter(first_contact_on__lte=date(2024, 6, 30)).values_list("stage", flat=True)]
    assert {stage: stages.count(stage) for stage in stages} == {"signed": 26, "negotiating": 10, "failed": 12, "lead": 12}
    assert Lead.objects.current().filter(introduced=True, stage="signed").count() == 4
    assert figure("leads.in_negotiation.count", "2024-08-05").value == 10
    assert figure("projects.under_construction.count", "2024-08-05").value == 15


def test_imprecise_dates_are_there_on_purpose():
    found = [
        (column, str(day)) for column in ("signed_on", "started_on", "production_on")
        for day in Project.objects.values_list(column, flat=True) if day and day.day is None
    ]
    assert sorted(found) == [
        ("production_on", "2023-05"), ("signed_on", "2022-09"), ("signed_on", "2023-04"), ("signed_on", "2023-11"),
        ("started_on", "2021"),
    ]
    assert Lead.objects.filter(first_contact_on=PartialDate(2023)).count() == 1


def test_history_codes_and_synthetic_enterprises():
    assert Project.objects.filter(owner__code="DEMO", historical=True).count() == 6
    assert Project.objects.filter(owner__code="DEMO").exclude(national_code="").count() == 24
    assert not any(project.warnings() for project in Project.objects.all())
    assert all(enterprise.synthetic for enterprise in Enterprise.objects.all())


def test_every_project_under_construction_has_a_leader_a_department_and_a_specialist():
    building = {project.pk for project in figure("projects.under_construction.count").records}
    held = ProjectAssignment.objects.filter(ProjectAssignment.on(date(2024, 6, 30)))
    for role in ("leader", "department", "specialist"):
        assert set(held.filter(role=role).values_list("subject_id", flat=True)) == building
    assert ProjectAssignment.objects.exclude(until=None).count() == 2


def test_the_plan_year_is_frozen_and_one_class_was_corrected():
    assert PlanYearClass.objects.filter(plan_year=2024).count() == 14
    assert [row.subject.code for row in PlanYearClass.objects.filter(corrected=True)] == ["P0010"]


def test_the_bureau_reads_figures_and_no_records():
    bureau = User.objects.get(code="bureau")
    told = figure("projects.under_construction.investment", user=bureau)
    assert (told.status, told.value, told.records) == ("released", 624900, [])
    assert not Project.objects.visible_to(bureau).exists()
    assert figure("projects.under_construction.investment", user=User.objects.get(code="enterprise")).status == "refused"


def test_the_zone_sees_the_figures_only_of_what_keeps_something_of_persons_or_names_it():
    told = {register: {*Grant.objects.filter(owner__code="DEMO-ELV", right__startswith=f"{register}.").values_list("right", flat=True)}
            for register in ("vehicles", "subsidy_applications", "recycling_certificates", "promotion_leads", "bids", "enterprises")}
    closed = {register for register, rights in told.items() if rights == {f"{register}.figures"}}
    assert closed == {"vehicles", "subsidy_applications", "recycling_certificates", "promotion_leads"}
    assert told["bids"] == {"bids.view"}


def test_another_load_would_be_the_same():
    zone = Party.objects.get(code="DEMO")
    assert [*map(repr, sample.scenes())] == [*map(repr, sample.scenes())]
    assert events.last_seq() == Event.objects.count()
    assert zone.owner_id == zone.pk


def test_its_projects_are_shown_in_less_than_thirty_statements(client, django_assert_max_num_queries):
    client.force_login(User.objects.get(code="projects"))
    rows = {project: sum(register.objects.filter(**{key.name: project.pk}).count() for register, key in references(Project))
            for project in Project.objects.all()}
    for project in (max(rows, key=rows.__getitem__), min(rows, key=rows.__getitem__)):
        for asked in ({}, {"known": "2024-06-30"}):
            with django_assert_max_num_queries(29):
                assert client.get(reverse("record", args=["projects", project.pk]), asked).status_code == 200
