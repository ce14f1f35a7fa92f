"""What funds tell on the pages of enterprises; a project's page counts the stakes that point at it, as whatever points at it."""

from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.capital.models import FundPayment, FundStake
from kaifaqu.pages.chronicle import leave_out, strand
from kaifaqu.registers.organisations.models import Enterprise


def declare() -> None:
    """Declare what is told, and what is not."""
    leave_out(FundPayment, "who pays into a fund stands on the fund's page")
    strand(Enterprise, FundStake, "enterprise", {"invested_on": _("基金投资"), "exited_on": _("基金退出")}, None)
