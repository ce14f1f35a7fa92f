"""The tables of this room."""

from kaifaqu.domains.infrastructure.lifecycle import WorkStage
from kaifaqu.domains.infrastructure.plants import Plant, PlantCapacity, PlantDay, PlantKind
from kaifaqu.domains.infrastructure.pools import UNITS, CapacityPool, PoolCapacity, PoolKind, Reservation
from kaifaqu.domains.infrastructure.works import Work, WorkBuilding, WorkPayment, WorkProgress

__all__ = [
    "UNITS", "CapacityPool", "Plant", "PlantCapacity", "PlantDay", "PlantKind", "PoolCapacity", "PoolKind", "Reservation",
    "Work", "WorkBuilding", "WorkPayment", "WorkProgress", "WorkStage",
]
