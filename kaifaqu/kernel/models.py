"""The kernel's own tables."""

from kaifaqu.kernel.access import Credential, Grant, Installation, Membership, Party, Role, User
from kaifaqu.kernel.dated import DatedRule
from kaifaqu.kernel.events import Event, Head

__all__ = ["Credential", "DatedRule", "Event", "Grant", "Head", "Installation", "Membership", "Party", "Role", "User"]
