"""The party's learning ledger as a Django application; the installation switches it on where it is wanted."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartyConfig(AppConfig):
    """学习活动台账."""

    name = "kaifaqu.domains.party"
    label = "party"
    verbose_name = _("党建")
