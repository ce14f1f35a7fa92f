"""How what the owner's rules name is chosen in forms."""

from kaifaqu.domains.company.models import CompanyIncome, PlanGoal, ReformItem
from kaifaqu.domains.company.rules import GROUPS, LINES, MODEL
from kaifaqu.registers.listing import chosen

for register, name, kind in ((ReformItem, "category", GROUPS), (CompanyIncome, "line", LINES), (PlanGoal, "word", MODEL)):
    chosen(register, name, kind, "")
