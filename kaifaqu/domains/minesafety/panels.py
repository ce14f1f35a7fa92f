"""What this room tells on other pages: beside the records behind its figures, that nothing here guards anybody."""

from typing import Any

from django.utils.translation import gettext as _

from kaifaqu.domains.minesafety.models import FenceSite, GeoFence, Mine
from kaifaqu.pages import manners
from kaifaqu.pages.chronicle import leave_out


def declare() -> None:
    """Leave mines out of the chronicle of their operators, and say above the records of each figure what they are not."""
    leave_out(Mine, "who operates a mine stands on the mine, and nothing happened on a day")
    for register in (FenceSite, GeoFence):
        manners.note(register)(never)


def never(user: Any, figure: Any) -> list[str]:
    """Return what every page about fences says."""
    return [_("本系统为监督与记录软件，不是经认证的安全装置，不得替代机载联锁。")]
