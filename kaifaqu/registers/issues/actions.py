"""What people do with issues besides what is done with every case: they report one, and it goes to whoever handles it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import OFFICE, Moving, confirmed, disputed
from kaifaqu.cases.lifecycle import Stage
from kaifaqu.cases.models import What, Word
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.issues.models import CATEGORIES, Channel, Issue, IssueLink
from kaifaqu.registers.issues.rules import routed
from kaifaqu.registers.organisations.models import Enterprise
from kaifaqu.registers.projects.models import Project


@action("issues.report", right="issues.report", label=_("提出难点堵点"), creates=Issue)
def report(
    owner: Party, *, by: User, version: int = 0, title: str, category: str, demand: str = "",
    enterprise: Enterprise | None = None, project: Project | None = None,
) -> Change:
    """Plan an issue that an enterprise's own people report: it is the enterprise's own, and opened now."""
    parties = {pk for pk in by.owners("issues.confirm") if pk != owner.pk} if by.pk else set()
    own = Enterprise.objects.current().filter(owner=owner, party_id__in=parties)
    enterprise = enterprise or (own.first() if own.count() == 1 else None)
    if enterprise is None or enterprise.party_id not in parties:
        raise ValidationError(_t("请选择本单位的企业：难点堵点由企业账户为本企业提出，开发区登记请用「登记」。"))
    return opened(owner, {
        "title": title, "category": category, "demand": demand, "enterprise": enterprise, "project": project,
        "channel": Channel.ACCOUNT,
    })  # fmt: skip


def opened(owner: Party, facts: dict[str, Any]) -> Change:
    """Return the change that opens an issue of the owner at this moment. Raise ValidationError for wrong facts."""
    now = clock.now().astimezone(clock.ZONE)
    return Change(Issue(owner=owner), {**facts, "opened_on": now.date(), "opened_time": f"{now:%H:%M}"})


@action("issues.route", right="issues.edit", label=_("按分工交办"), of=OFFICE)
def route(issue: Issue, *, by: User, version: int) -> Iterator[Change]:
    """Plan that the issue, which nobody holds yet, goes to the unit that the routing rule names for its category.

    Raise ValidationError where it names none, or one that does not exist.
    """
    if not issue.offers("route"):
        raise ValidationError(_t("{issue}：现在是「{stage}」，只有登记或受理后还没有承办单位的才能按分工交办；改派请用「交办」。").format(
            issue=issue, stage=issue.get_stage_display()))
    code, document = routed(issue.category, issue.owner_id, issue.opened_on)
    if not code:
        raise ValidationError(_t("{issue}：分工里没有写「{category}」由谁承办，请用「交办」指定，或在规则「难点堵点分工」里补上。").format(
            issue=issue, category=dict(CATEGORIES).get(issue.category, issue.category)))
    holder = Party.objects.current().filter(code=code).first()
    if holder is None:
        raise ValidationError(_t("{issue}：分工里的承办单位「{code}」不存在，请在规则「难点堵点分工」里更正，或用「交办」指定。").format(
            issue=issue, code=code))
    text = _t("按分工：{document}").format(document=document)
    return Moving(issue, by, What.ASSIGNED, None, text).plan(Stage.ASSIGNED, {"holder": holder}, holder=holder)


@action("issue_links.create", right="issue_links.edit", label=_("生成链接"), creates=IssueLink)
def make_link(
    owner: Party, *, by: User, version: int = 0, enterprise: Enterprise, expires_on: date, addressee: str = "",
    subject: Issue | None = None, secret_hash: str = "",
) -> Change:
    """Plan a link for an enterprise: to report an issue, or to follow and confirm one that is there."""
    return Change(IssueLink(owner=owner), {
        "enterprise": enterprise, "subject": subject, "addressee": addressee, "expires_on": expires_on, "secret_hash": secret_hash,
    })  # fmt: skip


@action("issue_links.correct", right="issue_links.edit", label=_("更正"))
def correct_link(link: IssueLink, *, by: User, version: int, expires_on: date, reason: str) -> Change:
    """Plan another last day; whose link it is and what it shows stays."""
    return Change(link, {"expires_on": expires_on}, reason=reason)


@action("issue_links.report", right="", label=_("凭链接提出"), on=IssueLink)
def report_by_link(link: IssueLink, *, by: Any, version: int, title: str, category: str, demand: str = "") -> Iterator[Change]:
    """Plan the issue that the holder of a link reports; from then on the link shows it. Raise ValidationError the second time."""
    if link.subject is not None:
        raise ValidationError(_t("这个链接已经用来提出 {issue}；要提出别的，请向开发区另要一个链接。").format(issue=link.subject.code))
    planned = opened(Party.objects.get(pk=link.owner_id), {
        "title": title, "category": category, "demand": demand, "enterprise": link.enterprise, "channel": Channel.LINK,
    })  # fmt: skip
    yield planned
    yield Change(link, {"subject": planned.result, "used_on": clock.today()})


@action("issues.confirm_by_link", right="", label=_("凭链接确认解决"))
def confirm_by_link(issue: Issue, *, by: Any, version: int, satisfaction: str, text: str = "") -> Iterator[Change]:
    """Plan that the holder of the issue's link says it is solved, and how satisfied the enterprise is."""
    return confirmed(issue, by, Word.LINK, satisfaction, text, None)


@action("issues.dispute_by_link", right="", label=_("凭链接反映没有解决"))
def dispute_by_link(issue: Issue, *, by: Any, version: int, text: str) -> Iterator[Change]:
    """Plan that the holder of the issue's link says it is not solved."""
    return disputed(issue, by, text, None)


@action("issues.remind_by_link", right="", label=_("凭链接催办"))
def remind_by_link(issue: Issue, *, by: Any, version: int, text: str = "") -> Iterator[Change]:
    """Plan that the holder of the issue's link asks how it stands."""
    if not issue.offers("remind"):
        raise ValidationError(_t("{issue}：现在不在办理，不用催办。").format(issue=issue))
    return Moving(issue, by, What.REMINDED, None, text).plan()
