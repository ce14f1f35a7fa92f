"""The figures of this room."""

from kaifaqu.domains.reforms.indicators import commitments, parcels

__all__ = ["commitments", "parcels"]
