"""Letters of urging (督办函): drafted for one red project as a brief, which a person reviews, signs and sends; the system never does."""

from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kaifaqu.kernel import clock, units
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import manners
from kaifaqu.registers.colours import Colour
from kaifaqu.registers.projects.lifecycle import Stage
from kaifaqu.registers.projects.models import Project, ProjectRole
from kaifaqu.reporting.briefs.making import LANGUAGE
from kaifaqu.reporting.briefs.models import Brief, BriefTemplate, Rhythm
from kaifaqu.reporting.dispatch.lines import Asked, Dispatch, Line

NOTE = "督办函：只拟稿，由人审核、签发、送达，系统不发送"  # what marks its template; an official document is in Chinese
NONE = "无。"
About = Annotated[Project, _("项目")]
Wanted = Annotated[str, _("要求办什么")]
Until = Annotated[date, _("答复期限")]
Grounds = Annotated[str, _("依据和附件")]
BRACES = str.maketrans("{}", "｛｝")  # what is told of a project is no mark


@action("briefs.draft_letter", right="briefs.edit", label=_("拟督办函（只拟稿，系统不发送）"), creates=Brief)
def draft_letter(
    owner: Party, *, by: User, version: int = 0, project: About, demand: Wanted, due_on: Until, documents: Grounds = "",
) -> Iterator[Change]:
    """Plan the draft of a letter about a red project, with a template of its own that is corrected as every other.

    Raise ValidationError for a project of another owner, one whose light is not red, and a day that is over.
    """
    line = _red_line(project, owner, by)
    if due_on <= clock.today():
        raise ValidationError(_t("「答复期限」{day} 已到，请写今天（{today}）以后的日子。").format(day=due_on, today=clock.today()))
    with override(LANGUAGE):
        body = letter(line, demand, due_on, documents)
    template = Change(BriefTemplate(owner=owner), {
        "name": f"督办函（{project.name}）"[:100], "rhythm": Rhythm.ONCE, "body": body, "note": NOTE})
    yield template
    yield Change(Brief(owner=owner), {
        "template": template.result, "period": f"{clock.today()}", "drafted_by": by if isinstance(by, User) else None,
        "note": f"{project.code} {NOTE}"[:200]})


def _red_line(project: Project, owner: Party, by: User) -> Line:
    """Return the project as it stands on the dispatch table today. Raise ValidationError where it is not red there."""
    if project.owner_id != owner.pk:
        raise ValidationError(_t("{project} 不归 {owner}，请选择本单位的项目。").format(project=project.code, owner=owner))
    dispatch = Dispatch(by, Asked(Period.parse(f"{clock.today():%Y-%m}"), {}))
    line = next((each for each in dispatch.all if each.project.pk == project.pk), None)
    if line is None or line.light.colour != Colour.RED:
        raise ValidationError(_t("{project} 今天没有亮红灯，不用拟督办函；亮哪些灯见调度表。").format(project=project))
    return dispatch.fill([line])[0]


def letter(line: Line, demand: str, due_on: date, documents: str) -> str:
    """Return the text of the letter: what stays behind by which rule and since when, who is responsible, what is asked by when.

    People are named by their accounts: it is kept, and a name that is erased must not stay in it.
    """
    project, latest = line.project, line.latest
    told: dict[str, Any] = {
        "code": project.code, "project": project.name, "stage": Stage(line.stage).label, "day": clock.today(),
        "investment": "—" if project.total_investment is None else units.display(project.total_investment, "万元"),
        "rule": f"《{line.light.rule}》", "reasons": "；".join(line.light.reasons) + "。", "since": since(line),
        "unit": line.handed(ProjectRole.DEPARTMENT) or "责任单位", "leader": line.handed(ProjectRole.LEADER) or "—",
        "specialist": line.handed(ProjectRole.SPECIALIST) or "—",
        "problems": f"{latest.month}：{latest.problems}" if latest is not None and latest.problems else NONE,
        "cases": "；".join(f"{case}（期限 {case.resolution_due_on or '—'}）" for case in (*line.issues, *line.decisions)) or NONE,
        "demand": demand, "due_on": due_on, "documents": documents or NONE,
    }  # fmt: skip
    text = resources.files(__package__).joinpath("data/letter.md").read_text(encoding="utf-8")
    return text.format(**{name: " ".join(str(value).translate(BRACES).split()) for name, value in told.items()})


def since(line: Line) -> str:
    """Return since when the project stays behind: from the day that was planned, or from the month that was reported."""
    project = line.project
    if line.stage in (Stage.SIGNED, Stage.LANDED):
        return f"应开工日期：{project.expected_start_on}。"
    started = f"开工日期：{project.started_on}。"
    return started + (f"最近报告的月份：{line.latest.month}。" if line.latest is not None else "")


@manners.panel(Brief, "dispatch/_letter.html")
def notice(user: Any, record: Brief) -> dict[str, Any] | None:
    """Return what says on the page of a letter that nobody but a person sends it; nothing for other briefs."""
    return {} if record.template.note == NOTE else None
