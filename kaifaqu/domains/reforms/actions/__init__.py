"""What people do in this room."""

from kaifaqu.domains.reforms.actions import commitments

__all__ = ["commitments"]
