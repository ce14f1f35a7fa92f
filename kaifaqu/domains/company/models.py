"""The tables of this room."""

from kaifaqu.domains.company.assets import (
    Asset,
    AssetAction,
    AssetKind,
    AssetTransfer,
    AssetUse,
    AssetValuation,
    Basis,
    Means,
    UseState,
)
from kaifaqu.domains.company.money import (
    AdjustmentKind,
    BalanceStatement,
    CompanyIncome,
    EquityAdjustment,
    Financing,
    FinancingKind,
    Repayment,
)
from kaifaqu.domains.company.powers import Delegation, DelegationReview, FunctionHolder, FunctionItem, Side
from kaifaqu.domains.company.reform import PlanGoal, ReformItem, ReformTask, StrategyPlan
from kaifaqu.domains.company.structure import CompanyDepartment, CompanyPost

__all__ = [
    "AdjustmentKind", "Asset", "AssetAction", "AssetKind", "AssetTransfer", "AssetUse", "AssetValuation", "BalanceStatement", "Basis",
    "CompanyDepartment", "CompanyIncome", "CompanyPost", "Delegation", "DelegationReview", "EquityAdjustment", "Financing",
    "FinancingKind", "FunctionHolder", "FunctionItem", "Means", "PlanGoal", "ReformItem", "ReformTask", "Repayment", "Side",
    "StrategyPlan", "UseState",
]
