"""The lifecycle of a standard parcel: planned, announced, transferred, its promises verified; beside it withdrawn."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.lifecycle import Lifecycle, Step


class ParcelStage(TextChoices):
    """Where a standard parcel stands; what is planned or announced is not transferred."""

    PLANNED = "planned", _("拟出让")
    ANNOUNCED = "announced", _("公告")
    TRANSFERRED = "transferred", _("出让")
    VERIFIED = "verified", _("核验完毕")
    WITHDRAWN = "withdrawn", _("撤出")


PLANNED, ANNOUNCED, TRANSFERRED, VERIFIED, WITHDRAWN = ParcelStage
GIVEN_UP = ("withdrawn_on", "withdraw_reason")

PARCEL_LIFECYCLE = Lifecycle(states=ParcelStage, steps=(
    Step(PLANNED, ANNOUNCED, _("公告"), ("announced_on", "announced_evidence"), _("出让公告"), "standard_parcels.announce"),
    Step(ANNOUNCED, TRANSFERRED, _("出让"), ("transferred_on", "transferred_evidence", "enterprise"), _("出让合同"),
         "standard_parcels.transfer"),
    Step(TRANSFERRED, VERIFIED, _("核验完毕"), ("verified_on",), "", "standard_parcels.conclude"),
    Step(PLANNED, WITHDRAWN, _("撤出"), GIVEN_UP, "", "standard_parcels.withdraw"),
    Step(ANNOUNCED, WITHDRAWN, _("撤出"), GIVEN_UP, _("终止公告"), "standard_parcels.withdraw"),
))
