"""The registers of promotion keep what every register keeps."""

import pytest
from django.core.exceptions import ValidationError

from kaifaqu.domains.outreach.models import (
    DealerAgreement,
    GuidePage,
    OutreachActivity,
    PromotionAccount,
    PromotionLead,
    PromotionPost,
    PromotionQuestion,
    PromotionVenue,
)
from kaifaqu.domains.outreach.tests.conftest import DAY, act
from kaifaqu.kernel import testing
from kaifaqu.registers.organisations.models import Enterprise


def account(zone):
    """Return an account."""
    return testing.enter(PromotionAccount, zone, "platform | name | since\n演示平台 | 演示号 | 2024-01-01")[0]


class TestAccounts(testing.RegisterTests):
    register = PromotionAccount

    def facts(self, zone):
        return {"platform": "演示平台", "name": "演示号", "since": "2024-01-01"}


class TestPosts(testing.RegisterTests):
    register = PromotionPost

    def facts(self, zone):
        return {"account": account(zone), "form": "video", "title": "演示视频", "published_on": "2024-07-01"}


class TestQuestions(testing.RegisterTests):
    register = PromotionQuestion

    def facts(self, zone):
        return {"asked_on": "2024-07-01", "text": "先报废还是先买车", "account": account(zone)}


class TestVenues(testing.RegisterTests):
    register = PromotionVenue

    def facts(self, zone):
        return {"name": "演示4S店", "kind": "dealership", "since": "2024-01-01", "contact": "演示人员 001"}


class TestAgreements(testing.RegisterTests):
    register = DealerAgreement

    def facts(self, zone):
        [partner] = testing.enter(Enterprise, zone, "name\n演示甲店", synthetic=True)
        return {"partner": partner, "kind": "dealer", "title": "合作", "signed_on": "2024-01-01", "since": "2024-01-01"}


class TestLeads(testing.RegisterTests):
    register = PromotionLead

    def facts(self, zone):
        [venue] = testing.enter(PromotionVenue, zone, "name | kind | since\n演示汽贸园 | auto_park | 2024-01-01")
        return {"received_on": "2024-07-01", "venue": venue, "contact": "演示人员 002", "consented_on": "2024-07-01"}


class TestGuides(testing.RegisterTests):
    register = GuidePage

    def facts(self, zone):
        return {"topic": "subsidy", "since": "2024-04-24", "text": "第一步", "cites": "75号"}


class TestActivities(testing.RegisterTests):
    register = OutreachActivity

    def facts(self, zone):
        return {"held_on": "2024-06-05", "theme": "channels", "title": "进社区", "attendance": 20}


def test_what_leads_and_questions_stand_on_does_not_go_away(questions, clerk):
    with pytest.raises(ValidationError, match="车主提问 W1、W2"):
        act(questions[0].post, "archive", clerk, reason="重复")


def test_a_question_belongs_to_the_account_of_its_post(zone, questions):
    testing.enter(PromotionAccount, zone, "code | platform | name | since\nZ2 | 另一平台 | 演示号 | 2024-01-01")
    with pytest.raises(ValidationError, match="不在这个账号上"):
        testing.enter(PromotionQuestion, zone, f"asked_on | account | post | text\n{DAY} | Z2 | N1 | 问")
