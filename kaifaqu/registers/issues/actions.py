"""What people do with issues besides what is done with every case: they report one, and it goes to whoever handles it."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.cases.acting import OFFICE, Moving
from kaifaqu.cases.lifecycle import Stage
from kaifaqu.cases.models import What
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.issues.models import CATEGORIES, Channel, Issue
from kaifaqu.registers.issues.rules import document_of, holder_for
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
    """Plan that the issue goes to the unit that the routing rule names for its category. Refuse where it names none."""
    holder = holder_for(issue.category, issue.owner_id, issue.opened_on)
    if holder is None:
        raise ValidationError(_t("{issue}：分工里没有写「{category}」由谁承办，请用「交办」指定，或在规则「难点堵点分工」里补上。").format(
            issue=issue, category=dict(CATEGORIES).get(issue.category, issue.category)))
    text = _t("按分工：{document}").format(document=document_of(issue.owner_id, issue.opened_on))
    return Moving(issue, by, What.ASSIGNED, None, text).plan(Stage.ASSIGNED, {"holder": holder}, holder=holder)


