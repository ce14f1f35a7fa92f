"""Trade-in subsidies as a Django application."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubsidiesConfig(AppConfig):
    """Policy documents, the rates of the scrappage subsidy by day, applications with their papers and steps, and what was paid."""

    name = "kaifaqu.domains.subsidies"
    label = "subsidies"
    verbose_name = _("以旧换新补贴")

    def ready(self) -> None:
        """Read the figures of progress; say what belongs on the pages of vehicles, applications and rules, and how schemes are tried."""
        import_module(f"{self.name}.progress_indicators")
        import_module(f"{self.name}.trial")
        import_module(f"{self.name}.panels").declare()
