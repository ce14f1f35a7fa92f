"""How a direction and the kind of a task are chosen in a form."""

from kaifaqu.domains.research.models import RDProduct, RDProject, RobotTask
from kaifaqu.domains.research.rules import DIRECTIONS, INDUSTRY, PEOPLE_SAVED, RESEARCH
from kaifaqu.registers.listing import chosen

chosen(RDProject, "direction", DIRECTIONS, RESEARCH)
chosen(RDProduct, "direction", DIRECTIONS, INDUSTRY)
chosen(RobotTask, "task", PEOPLE_SAVED, "tasks")
