"""How the kind of a work is chosen in a form."""

from kaifaqu.domains.infrastructure.models import Work
from kaifaqu.domains.infrastructure.rules import WORK_KINDS
from kaifaqu.registers.listing import chosen

chosen(Work, "kind", WORK_KINDS, "kinds")
