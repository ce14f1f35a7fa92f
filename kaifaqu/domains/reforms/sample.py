"""The demo zone's reforms."""

from collections.abc import Iterator

from kaifaqu.domains.reforms import commitments_sample, packages_sample, parcels_sample
from kaifaqu.domains.reforms.packages_sample import PARTIES
from kaifaqu.registers.story import Scene

__all__ = ["PARTIES", "scenes"]


def scenes() -> Iterator[Scene]:
    """Yield everything that happened in this room."""
    yield from parcels_sample.scenes()
    yield from commitments_sample.scenes()
    yield from packages_sample.scenes()
