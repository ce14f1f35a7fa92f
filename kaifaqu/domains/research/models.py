"""The tables of this room."""

from kaifaqu.domains.research.ledger import (
    Appraisal,
    Field,
    Level,
    PatentKind,
    RDAward,
    RDExpenditure,
    RDPatent,
    RDProject,
    RDResult,
)
from kaifaqu.domains.research.machines import MineRobot, MiningVehicle, MiningVehicleUse, RobotFault, RobotTask
from kaifaqu.domains.research.orders import InstituteCooperation, InstituteOrder, TestReport
from kaifaqu.domains.research.production import InstituteDelivery, ProductionRun, ProductTest
from kaifaqu.domains.research.products import (
    ENDS,
    BusinessLine,
    FundingKind,
    FusionKind,
    FusionLink,
    RDFunding,
    RDMember,
    RDProduct,
    Transformation,
)

__all__ = [
    "ENDS", "Appraisal", "BusinessLine", "Field", "FundingKind", "FusionKind", "FusionLink",
    "InstituteCooperation", "InstituteDelivery", "InstituteOrder", "Level",
    "MineRobot", "MiningVehicle", "MiningVehicleUse", "PatentKind", "ProductTest", "ProductionRun", "RDAward", "RDExpenditure",
    "RDFunding", "RDMember", "RDPatent", "RDProduct", "RDProject", "RDResult", "RobotFault", "RobotTask", "TestReport", "Transformation",
]
