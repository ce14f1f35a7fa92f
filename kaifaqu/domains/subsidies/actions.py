"""What people do with a claim: they hand it in by its papers, and hand it in again when it was sent back."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.subsidies.dossier import Dossier, dossier
from kaifaqu.domains.subsidies.models import (
    DECLARED,
    RESUBMITTED,
    RETURNED,
    Answer,
    Office,
    SubsidyApplication,
    SubsidyPaper,
    SubsidyStep,
)
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.vehicles.models import Vehicle

EDIT = "subsidy_applications.edit"


class Said(models.TextChoices):
    """What the applicant says to a question; nothing is taken for granted, so that one of these must be chosen."""

    YES = Answer.YES, _("是")
    NO = Answer.NO, _("否")
    UNTOLD = "untold", _("申请人没有说明")

    __empty__ = _("请选择")


Claimed = Annotated[Said, _("申请人这一年已享受过汽车以旧换新补贴")]
Replaced = Annotated[Said, _("这辆新车已申请置换更新补贴")]


@action("subsidy_applications.submit", right=EDIT, label=_("提交申请"), creates=SubsidyApplication)
def submit(
    owner: Party, *, by: User, version: int = 0, vehicle: Vehicle, submitted_on: date, number: str = "",
    has_claimed: Claimed, has_replaced: Replaced,
    confirmed: Annotated[bool, _("存疑的地方已逐条核实")] = False, reason: Annotated[str, _("核实情况")] = "",
) -> Change:
    """Plan that the claim of a vehicle is handed in: its facts are those of the papers.

    Raise ValidationError with everything that is missing, contradicts or is refused by the scheme as it was known that day, and
    with what is open until somebody confirms it.
    """
    _demand_papers(by, owner.pk)
    if vehicle.owner_id != owner.pk:
        raise ValidationError(_t("{vehicle} 归别的单位所有。").format(vehicle=vehicle))
    if submitted_on > clock.today():
        raise ValidationError(_t("「申请提交日期」{day} 还没有到。").format(day=submitted_on))
    said = _answers(has_claimed, has_replaced)
    found = dossier(vehicle, None, submitted_on, submitted_on, SubsidyApplication(**said).declared())
    _refuse(found, confirmed)
    facts = {"vehicle": vehicle, "number": number, "submitted_on": submitted_on, **found.handed_in(), **said}
    return Change(SubsidyApplication(owner=owner), facts, reason=reason)


@action("subsidy_applications.resubmit", right=EDIT, label=_("补正后再提交"))
def resubmit(
    application: SubsidyApplication, *, by: User, version: int, taken_on: Annotated[date, _("再次提交日期")],
    has_claimed: Claimed, has_replaced: Replaced,
    confirmed: Annotated[bool, _("存疑的地方已逐条核实")] = False, reason: Annotated[str, _("补正情况")] = "",
) -> Iterator[Change]:
    """Plan that a claim that was sent back is handed in again, with the facts of the corrected papers; it stays the same one.

    Raise ValidationError as `submit` does, and where it was not sent back. Without papers here its facts stay, but what is said.
    """
    _demand_papers(by, application.owner_id)
    last = application.last_step()
    if last is None or last.state != RETURNED:
        raise ValidationError(_t("{application} 没有退回，不用再提交。").format(application=application))
    facts: dict[str, Any] = _answers(has_claimed, has_replaced)
    if SubsidyPaper.objects.current().filter(vehicle=application.vehicle_id).exists():
        declared = application.declared() | SubsidyApplication(**facts).declared()
        found = dossier(application.vehicle, None, application.submitted_on, clock.today(), declared)
        _refuse(found, confirmed)
        facts |= found.handed_in()
    change = Change(application, facts, reason=reason or _t("补正"))
    if change.names:
        yield change
    yield Change(SubsidyStep(owner_id=application.owner_id), {
        "application": application, "office": last.office or Office.COMMERCE, "state": RESUBMITTED, "taken_on": taken_on}, reason=reason)


def _answers(*said: Said) -> dict[str, str]:
    """Return as the application keeps it what the applicant said to the questions, in their order; what he did not say stays."""
    return {name: str(each) for name, each in zip(DECLARED, said, strict=True) if each != Said.UNTOLD}


def _demand_papers(by: User, owner: int) -> None:
    """Raise PermissionDenied without the right to look at papers: what contradicts is told with what stands on them."""
    right = SubsidyPaper.right_to("view")
    if not by.may(right, owner):
        raise PermissionDenied(_t("没有权限：查看申请单证（{right}）。").format(right=right))


def _refuse(found: Dossier, confirmed: bool) -> None:
    """Raise ValidationError with everything that stands in the way; with what is open, unless somebody has confirmed it.

    While papers are missing most of what is open comes from that, and is not told besides.
    """
    told = _t("存疑：{text}请逐条核实，核实以后勾选确认，再提交。")
    questions = [] if confirmed or found.missing else [told.format(text=text) for text in found.open_questions]
    if problems := [*found.problems, *questions]:
        raise ValidationError(problems)
