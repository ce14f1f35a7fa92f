"""What people do with chains besides entry: they appoint whoever leads one, and say that a firm that was aimed at has come."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.assigning import succeed
from kaifaqu.registers.chains.models import Chain, ChainHead, HeadRole, NodeFirm, Standing
from kaifaqu.registers.organisations.models import Enterprise


@action("chains.appoint", right="chain_heads.edit", label=_("任命链长"))
def appoint(
    chain: Chain, *, by: User, version: int, role: HeadRole, person: User, since: date, document: str = "", reason: str = "",
) -> Iterator[Change]:
    """Plan who leads the chain from a day on; whoever did so before stays known until that day."""
    yield from succeed(ChainHead, chain, role, since, reason, person=person, document=document)


@action("node_firms.settle", right="node_firms.edit", label=_("已落户"))
def settle(
    firm: NodeFirm, *, by: User, version: int, settled_on: Annotated[date, _("落户日期")], enterprise: Enterprise | None = None,
    basis: str = "", reason: str = "",
) -> Iterator[Change]:
    """Plan that a firm that was aimed at has come: the target ends, and from that day on the enterprise stands there.

    Raise ValidationError for a firm that is there already, and where it is not said which enterprise it is.
    """
    if not firm.offers("settle"):
        raise ValidationError(_t("{firm} 不是还在争取的目标企业，不用办理「已落户」。").format(firm=firm))
    if (settled := enterprise or firm.enterprise) is None:
        raise ValidationError(_t("{firm}：请先把它登记到企业名录，再在这里选「企业」。").format(firm=firm))
    if settled_on <= firm.since:
        raise ValidationError(_t("{firm}：落户日期 {day} 应晚于列为目标的日期 {since}。").format(
            firm=firm, day=settled_on, since=firm.since))
    yield Change(firm, {"until": settled_on}, reason=reason)
    yield Change(NodeFirm(owner_id=firm.owner_id), {
        "node": firm.node, "enterprise": settled, "standing": Standing.PRESENT, "anchor": firm.anchor, "since": settled_on, "basis": basis,
    }, reason=reason)  # fmt: skip
