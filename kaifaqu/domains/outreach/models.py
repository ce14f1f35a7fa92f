"""What this room keeps, one part beside the other."""

from kaifaqu.domains.outreach.leads import Channel, PromotionLead
from kaifaqu.domains.outreach.offline import (
    DealerAgreement,
    GuidePage,
    GuideTopic,
    OutreachActivity,
    PartnerKind,
    PromotionVenue,
    Theme,
    VenueKind,
)
from kaifaqu.domains.outreach.online import Form, PromotionAccount, PromotionPost, PromotionQuestion, Topic

__all__ = [
    "Channel",
    "DealerAgreement",
    "Form",
    "GuidePage",
    "GuideTopic",
    "OutreachActivity",
    "PartnerKind",
    "PromotionAccount",
    "PromotionLead",
    "PromotionPost",
    "PromotionQuestion",
    "PromotionVenue",
    "Theme",
    "Topic",
    "VenueKind",
]  # fmt: skip
