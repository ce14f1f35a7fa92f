"""The figures of this room."""

from kaifaqu.domains.reforms.indicators import commitments

__all__ = ["commitments"]
