"""What waits for whoever keeps the jumps: jumpers of whom nobody has said that they are down."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from kaifaqu.domains.lowaltitude.indicators import UNCONFIRMED
from kaifaqu.domains.lowaltitude.models import JumpRecord
from kaifaqu.kernel import clock
from kaifaqu.kernel.access import Party, User
from kaifaqu.kernel.periods import Period
from kaifaqu.kernel.world import World
from kaifaqu.pages import agenda
from kaifaqu.pages.agenda import Queue


@agenda.queue
def unconfirmed(user: User, world: World) -> Iterator[Queue]:
    """Yield the jumps without a confirmed landing, for whoever confirms them; each is too long."""
    if owners := user.owners("jumps.edit") & user.owners("jumps.view") & user.owners("sorties.view"):
        today = Period.parse(str(clock.today()))
        rows = JumpRecord.objects.current().filter(UNCONFIRMED.where(today, world), owner_id__in=owners)
        codes = Party.objects.filter(pk__in=owners).order_by("code").values_list("code", flat=True)
        asked = {"period": str(today), "scope": ",".join(codes)}
        yield Queue(str(UNCONFIRMED.label), f"{reverse('figure', args=[UNCONFIRMED.code])}?{urlencode(asked)}", rows, is_late=True)
