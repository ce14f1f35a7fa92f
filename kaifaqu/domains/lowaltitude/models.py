"""The registers of low-altitude flying, by subject."""

from kaifaqu.domains.lowaltitude.flights import JumpEquipment, JumpRecord, Purpose, Sortie
from kaifaqu.domains.lowaltitude.makers import Aircraft, AviationProduct, AviationRole, Direction, PrototypeEvent, Role
from kaifaqu.domains.lowaltitude.missions import BirdObservation, Mission, MissionKind, Obstacle
from kaifaqu.domains.lowaltitude.occasions import AviationEvent, EventKind, StudySite, StudyTour, TourProduct

__all__ = [
    "Aircraft", "AviationEvent", "AviationProduct", "AviationRole", "BirdObservation", "Direction", "EventKind", "JumpEquipment",
    "JumpRecord", "Mission", "MissionKind", "Obstacle", "PrototypeEvent", "Purpose", "Role", "Sortie", "StudySite", "StudyTour",
    "TourProduct",
]  # fmt: skip
