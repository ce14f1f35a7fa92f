"""What people do in this room."""

from kaifaqu.domains.reforms.actions import commitments, parcels, promises

__all__ = ["commitments", "parcels", "promises"]
