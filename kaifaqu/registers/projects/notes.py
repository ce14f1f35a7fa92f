"""What is said about the records behind figures of projects: which of them count otherwise than their dates say, and who decided it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _t

from kaifaqu.pages import manners
from kaifaqu.registers.projects.models import PeriodClass, Project


@manners.note(Project)
def decided(user: Any, figure: Any) -> Iterator[str]:
    """Yield a sentence for each project behind a figure of 续建 or 新建 that was moved there, or away, by a decision."""
    if not figure.indicator.code.startswith(("projects.continuing.", "projects.new.")):
        return
    owners = figure.scope & user.owners(PeriodClass.right_to("view"))
    rows = figure.world.rows(PeriodClass).filter(first=figure.period.start, last=figure.period.end, owner_id__in=owners)
    found = list(rows.select_related("subject", "person").order_by("code"))
    started = dict(figure.world.rows(Project).filter(id__in=[row.subject_id for row in found]).values_list("id", "started_on"))
    for row in found:
        yield _t("{project}：开工日期 {day}，这一期间核定为{kind}。理由：{ground}；核定人：{person}。").format(
            project=row.subject, day=started.get(row.subject_id), kind=row.get_kind_display(), ground=row.ground, person=row.person)
