"""The office of the tests of cases, whose issues these tests are about."""

from kaifaqu.cases.tests.conftest import office

__all__ = ["office"]
