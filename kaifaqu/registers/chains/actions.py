"""What people do with chains besides entry: they appoint whoever leads one."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from kaifaqu.kernel.access import User
from kaifaqu.kernel.actions import action
from kaifaqu.kernel.commit import Change
from kaifaqu.registers.assigning import succeed
from kaifaqu.registers.chains.models import Chain, ChainHead, HeadRole


@action("chains.appoint", right="chain_heads.edit", label=_("任命链长"))
def appoint(
    chain: Chain, *, by: User, version: int, role: HeadRole, person: User, since: date, document: str = "", reason: str = "",
) -> Iterator[Change]:
    """Plan who leads the chain from a day on; whoever did so before stays known until that day."""
    yield from succeed(ChainHead, chain, role, since, reason, person=person, document=document)
