"""Figures about the reforms."""

from kaifaqu.domains.reforms.indicators import packages  # noqa: F401
