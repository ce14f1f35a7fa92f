"""What belongs on an enterprise's page: since when who holds it."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.units import text
from kaifaqu.pages.chronicle import strand
from kaifaqu.registers.holdings.models import Holding
from kaifaqu.registers.organisations.models import Enterprise


def declare() -> None:
    """Declare the strand of a company's holders."""
    strand(Enterprise, Holding, "company", {"since": _("股东开始持股"), "until": _("股东不再按此比例持股")},
           lambda reader, row: f"{reader.name(Enterprise, row.holder_id)} {text(row.share)}%")
