"""What people do in this room."""

from kaifaqu.domains.reforms.actions import commitments, items, packages, parcels, promises

__all__ = ["commitments", "items", "packages", "parcels", "promises"]
