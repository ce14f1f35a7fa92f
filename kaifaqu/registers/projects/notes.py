"""What is said about the records behind figures of projects: which of them count otherwise than their dates say, and who decided it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _t

from kaifaqu.pages import manners
from kaifaqu.registers.projects.conditions import continuing, new, under_construction
from kaifaqu.registers.projects.models import PeriodClass, Project

NAMED = 10  # projects in one sentence


@manners.note(Project)
def decided(user: Any, figure: Any) -> Iterator[str]:
    """Yield a sentence for each project under construction that a decision moved into a figure of 续建 or 新建, or out of it."""
    if not figure.indicator.code.startswith(("projects.continuing.", "projects.new.")):
        return
    owners = figure.scope & user.owners(PeriodClass.right_to("view"))
    rows = figure.world.rows(PeriodClass).filter(first=figure.period.start, last=figure.period.end, owner_id__in=owners)
    found = list(rows.select_related("subject", "person").order_by("code"))
    there = figure.world.rows(Project).filter(under_construction(figure.period.end, figure.world))
    started = dict(there.filter(id__in=[row.subject_id for row in found]).values_list("id", "started_on"))
    for row in found:
        if row.subject_id in started:
            yield _t("{project}：开工日期 {day}，这一期间核定为{kind}。理由：{ground}；核定人：{person}。").format(
                project=row.subject, day=started[row.subject_id], kind=row.get_kind_display(), ground=row.ground, person=row.person)
    yield from _moved(figure)


def _moved(figure: Any) -> Iterator[str]:
    """Yield in a sentence which projects are 续建 and were 新建 in the period before, because nothing but its border moved."""
    try:
        earlier = figure.period.previous()
    except ValueError:  # months to date: those before began on the same day
        return
    both = continuing(figure.period, figure.world) & new(earlier, figure.world)
    moved = figure.world.rows(Project).filter(both, owner_id__in=figure.scope).order_by("code", "id")
    if names := [str(each) for each in moved[:NAMED]]:
        yield _t("期初从 {before} 移到 {day}，上一期间的新建项目中 {count} 个在这一期间是续建：{projects}{more}。").format(
            before=earlier.start, day=figure.period.start, count=moved.count(), projects="、".join(names),
            more=_t("等") if moved.count() > NAMED else "")
