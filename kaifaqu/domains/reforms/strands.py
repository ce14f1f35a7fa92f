"""What the reforms tell in an enterprise's chronicle: commitments, packages and parcels of its projects."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.reforms.commitments import Commitment
from kaifaqu.domains.reforms.packages import Package
from kaifaqu.domains.reforms.parcels import StandardParcel
from kaifaqu.pages.chronicle import strand
from kaifaqu.registers.organisations.models import Enterprise

strand(Enterprise, Commitment, "project__enterprise", {
    "signed_on": _("作出承诺"), "approved_on": _("承诺批复"), "accepted_on": _("承诺验收"), "breached_on": _("违诺"),
}, lambda reader, row: row.get_stage_display())  # fmt: skip
strand(Enterprise, Package, "project__enterprise", {"entrusted_on": _("委托办件"), "finished_on": _("办件办结")},
       lambda reader, row: row.get_kind_display())
strand(Enterprise, StandardParcel, "enterprise", {"transferred_on": _("受让标准地")}, lambda reader, row: row.get_stage_display())
