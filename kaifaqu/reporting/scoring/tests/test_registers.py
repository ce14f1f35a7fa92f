"""What must hold for the registers of scoring, as for every register."""

import pytest

from kaifaqu.kernel.testing import RegisterTests
from kaifaqu.reporting.scoring.models import ScoreFinding, ScoreOverride, Scoring


class TestScorings(RegisterTests):
    """The scorings, of a sheet that the product ships."""

    register = Scoring

    def facts(self, zone):
        """Return the facts of one scoring."""
        return {"code": "PF1", "sheet": "province.protection", "period": "2024-H1"}


class OfAScoringTests(RegisterTests):
    """What belongs to a scoring."""

    @pytest.fixture(autouse=True)
    def _held(self, zone, clerk, do):
        self.scoring = do("scorings.create", zone, clerk, facts={"sheet": "province.protection", "period": "2024-H1"})


class TestFindings(OfAScoringTests):
    """What was found by hand."""

    register = ScoreFinding

    def facts(self, zone):
        """Return the facts of one finding."""
        return {
            "code": "PW1", "scoring": self.scoring, "item": "1.1", "count": "2", "found_on": "2024-05-06", "what": "两个问题",
            "document": "督察反馈"}


class TestOverrides(OfAScoringTests):
    """What was decided by hand."""

    register = ScoreOverride

    def facts(self, zone):
        """Return the facts of one decision."""
        return {"code": "PH1", "scoring": self.scoring, "item": "1.1", "given": "7.5", "grounds": "已整改一半", "document": "整改报告"}
