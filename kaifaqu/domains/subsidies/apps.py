"""Trade-in subsidies as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubsidiesConfig(AppConfig):
    """Policy documents, the rates of the scrappage subsidy by day, applications and what was paid on them."""

    name = "kaifaqu.domains.subsidies"
    label = "subsidies"
    verbose_name = _("以旧换新补贴")
