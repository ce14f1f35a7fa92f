"""The lifecycle of a commitment: told, signed, publicised, approved, checked, accepted; beside them breached and withdrawn."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class CommitmentStage(TextChoices):
    """Where a project's commitment stands."""

    NOTIFIED = "notified", _("告知")
    SIGNED = "signed", _("承诺")
    PUBLICISED = "publicised", _("公示")
    APPROVED = "approved", _("批复")
    CHECKED = "checked", _("核查")
    ACCEPTED = "accepted", _("验收")
    BREACHED = "breached", _("违诺")
    WITHDRAWN = "withdrawn", _("撤回")


NOTIFIED, SIGNED, PUBLICISED, APPROVED, CHECKED, ACCEPTED, BREACHED, WITHDRAWN = CommitmentStage
BREACH = ("breached_on", "consequence")
GOING_ON = (SIGNED, PUBLICISED, APPROVED, CHECKED, ACCEPTED)  # where a promise can be broken, and gone on with once it was put right

COMMITMENT_LIFECYCLE = Lifecycle(states=CommitmentStage, steps=(
    Step(NOTIFIED, SIGNED, _("签承诺书"), ("signed_on",), _("承诺书"), "commitments.sign"),
    Step(SIGNED, PUBLICISED, _("公示"), ("publicised_on",), _("公示"), "commitments.publicise"),
    Step(PUBLICISED, APPROVED, _("批复"), ("approved_on", "approved_evidence"), _("批复决定书"), "commitments.approve"),
    Step(APPROVED, CHECKED, _("核查完毕"), ("checked_on",), "", "commitments.conclude"),
    Step(CHECKED, ACCEPTED, _("验收"), ("accepted_on",), _("竣工验收文件"), "commitments.accept"),
    *(Step(stage, BREACHED, _("违诺"), BREACH, "", "commitments.breach") for stage in GOING_ON),
    *(Step(BREACHED, stage, _("整改到位"), ("restored_on",), _("复查为履行"), "commitments.restore") for stage in GOING_ON),
    *(Step(stage, WITHDRAWN, _("撤回"), ("withdrawn_on", "withdraw_reason"), "", "commitments.withdraw")
      for stage in (NOTIFIED, SIGNED, PUBLICISED, APPROVED, BREACHED)),
))
