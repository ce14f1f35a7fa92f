"""Fixtures: projects, leads and lists from small tables."""

import pytest

from kaifaqu.kernel import actions, testing
from kaifaqu.kernel.access import SYSTEM
from kaifaqu.kernel.commit import commit
from kaifaqu.registers.projects.models import Project, ProjectCohort


@pytest.fixture
def projects(zone):
    """Return a function that enters projects from a table; `suspended` is a span such as 2024-04-01..2024-07-31."""

    def enter(text: str, **facts):
        made = []
        for row in testing.table(text):
            since, _dots, until = row.pop("suspended", "").partition("..")
            create = actions.find("projects.create").plan
            [project] = commit([create(zone, by=SYSTEM, facts={"signed_on": "2020", **facts, **row})], by=SYSTEM)
            if since and until:
                span = {"subject": project, "since": since, "until": until, "cause": "资金"}
                commit([actions.find("suspensions.create").plan(zone, by=SYSTEM, facts=span)], by=SYSTEM)
            elif since:
                suspend = actions.find("projects.suspend").plan
                commit([suspend(project, by=SYSTEM, version=1, since=since, cause="资金")], by=SYSTEM)
            made.append(Project.objects.get(pk=project.pk))
        return made

    return enter


@pytest.fixture
def lists(zone):
    """Return a function that enters lists of a kind from their days, and puts projects on them by name."""

    def enter(kind: str, **by_day: str):
        for number, (day, names) in enumerate(by_day.items(), 1):
            held_on = day.strip("_").replace("_", "-")
            [held] = testing.enter(
                ProjectCohort, zone, "code\n" + f"{kind}-{number}", kind=kind, number=number, name=f"第{number}期", held_on=held_on)
            create = actions.find("cohort_entries.create").plan
            commit([
                create(zone, by=SYSTEM, facts={"cohort": held, "subject": Project.objects.get(name=name)})
                for name in names.split()
            ], by=SYSTEM)

    return enter


