"""The operating company's ledgers as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompanyConfig(AppConfig):
    """平台公司：职能、改革、架构、资产、收入和融资."""

    name = "kaifaqu.domains.company"
    label = "company"
    verbose_name = _("平台公司")

    def ready(self) -> None:
        """Say how names of the owner's rules are chosen, what belongs on record pages, and when repayments are due."""
        for room in ("choosing", "panels", "agenda"):
            import_module(f"{self.name}.{room}")
