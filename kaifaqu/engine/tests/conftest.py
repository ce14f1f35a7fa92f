"""Fixtures of the engine's tests: files in a folder of the test's own."""

import pytest

from kaifaqu.kernel import indicators


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """Return a home of this test's own, with the engine as it is delivered."""
    settings.HOME, settings.ENGINE, settings.ENGINE_ROWS, settings.ENGINE_LAG = tmp_path, "auto", 1_000_000, 10_000
    return tmp_path


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch):
    monkeypatch.setattr(indicators, "_catalogue", {})
