"""What people do with the reforms."""

from kaifaqu.domains.reforms.actions import items, packages  # noqa: F401
