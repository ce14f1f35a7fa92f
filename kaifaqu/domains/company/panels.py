"""What stands on the page of a measure about an asset: what the asset brought before and after it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.domains.company.models import (
    Asset,
    AssetAction,
    AssetTransfer,
    BalanceStatement,
    CompanyDepartment,
    CompanyIncome,
    Delegation,
    EquityAdjustment,
    Financing,
)
from kaifaqu.kernel import clock
from kaifaqu.kernel.periods import Period
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import leave_out, strand
from kaifaqu.registers.organisations.models import Enterprise

LEFT_OUT: dict[Any, str] = {
    Asset: "what a company owns stands in the ledger of assets", AssetTransfer: "what was transferred stands on the page of the asset",
    BalanceStatement: "statements are looked at one beside the other, in their list", EquityAdjustment: "adjustments belong to a rate",
    CompanyDepartment: "departments stand in the picture of the structure",
    Financing: "what is borrowed stands in the list of contracts with its repayments",
}
for register, reason in LEFT_OUT.items():
    leave_out(register, reason)
strand(Enterprise, Delegation, "partner", {"signed_on": _("签订委托合同"), "ended_on": _("委托合同终止")}, lambda reader, row: row.title)


@dataclass(frozen=True)
class Quarter:
    """What an asset brought, was supported with and cost in one quarter, as rows say; None where there is none."""

    label: str
    period: str
    earned: Decimal | None
    support: Decimal | None
    spent: Decimal | None


@manners.panel(AssetAction, "company/_action.html")
def effect(user: Any, record: AssetAction) -> dict[str, Any] | None:
    """Return income and cost of the asset in the quarter before the one in which the measure was done, and in the one after."""
    if record.done_on is None or not user.may("company_income.view", record.owner_id):
        return None
    during = Period.parse(f"{record.done_on.year}-Q{(record.done_on.month + 2) // 3}")
    following = during.end + timedelta(days=1)
    spans = (_("之前一个季度"), during.previous()), (_("之后一个季度"), Period.parse(f"{following.year}-Q{(following.month + 2) // 3}"))
    return {"record": record, "quarters": [_quarter(str(label), period, record) for label, period in spans]}


def _quarter(label: str, period: Period, record: AssetAction) -> Quarter:
    rows: Any = CompanyIncome.objects.current().filter(asset_id=record.asset_id, first__gte=period.start, last__lte=period.end)
    told = [*rows]
    earned, support = ([each.amount for each in told if each.fiscal == fiscal] for fiscal in (False, True))
    spent = [each.cost or Decimal(0) for each in told]
    return Quarter(label, _until_today(period), *(sum(each, Decimal(0)) if each else None for each in (earned, support, spent)))


def _until_today(period: Period) -> str:
    today = clock.today()
    return period.label if period.end < today else _t("{period}（截至 {day}，本季度未完）").format(period=period.label, day=today)
