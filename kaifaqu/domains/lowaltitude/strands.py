"""What low-altitude flying tells in the chronicle of an enterprise, and what it leaves out."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.lowaltitude.models import Aircraft, AviationProduct, AviationRole, StudyTour, TourProduct
from kaifaqu.pages.chronicle import leave_out, strand
from kaifaqu.registers.organisations.models import Enterprise


def declare() -> None:
    """Declare the strands."""
    strand(Enterprise, AviationRole, "enterprise", {"since": _("开始从事通航"), "until": _("退出通航")},
           lambda reader, row: row.get_role_display())
    strand(Enterprise, AviationProduct, "maker", {
        "began_on": _("开始研制通航产品"), "produced_on": _("通航产品投产"), "ended_on": _("通航产品停产")}, lambda reader, row: row.name)
    strand(Enterprise, TourProduct, "operator", {"since": _("推出低空旅游产品"), "until": _("停售低空旅游产品")},
           lambda reader, row: row.name)
    leave_out(Aircraft, "each delivery has its line in a ledger of its own; the figure counts them by maker")
    leave_out(StudyTour, "a hundred batches a year have a table and figures of their own")
