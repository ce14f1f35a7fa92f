"""The demo zone's reforms."""

from collections.abc import Iterator

from kaifaqu.domains.reforms import commitments_sample, parcels_sample
from kaifaqu.registers.story import Scene


def scenes() -> Iterator[Scene]:
    """Yield everything that happened in this room."""
    yield from parcels_sample.scenes()
    yield from commitments_sample.scenes()
