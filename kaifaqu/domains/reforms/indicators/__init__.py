"""The figures of this room."""

from kaifaqu.domains.reforms.indicators import commitments, packages, parcels

__all__ = ["commitments", "packages", "parcels"]
