"""The lifecycle of a promise: signed, then verified with one of three verdicts; that it is due, its date says by itself."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class PromiseStage(TextChoices):
    """Where a promise stands; 到期 and 待核验 are no stages of it, they follow from its date and from what was handed in."""

    SIGNED = "signed", _("签订")
    MET = "met", _("达标")
    RECTIFYING = "rectifying", _("整改")
    BREACHED = "breached", _("违约")


SIGNED, MET, RECTIFYING, BREACHED = PromiseStage
VERIFY, LAPSE, REVOKE = "land_promises.verify", "land_promises.lapse", "land_promises.revoke"
VERDICTS = ((MET, ("met_on",)), (RECTIFYING, ("rectify_on", "rectify_by")), (BREACHED, ("breached_on", "consequence")))

PROMISE_LIFECYCLE = Lifecycle(states=PromiseStage, steps=(
    *(Step(source, target, _("核验"), needs, _("企业交来的核验材料"), VERIFY)
      for source in (SIGNED, RECTIFYING) for target, needs in VERDICTS),
    *(Step(source, BREACHED, _("逾期未交材料"), ("breached_on", "consequence"), "", LAPSE) for source in (SIGNED, RECTIFYING)),
    *(Step(source, target, _("撤销核验"), (), "", REVOKE)
      for source in (MET, RECTIFYING, BREACHED) for target in (SIGNED, RECTIFYING)),  # as it was before the last verdict
))
