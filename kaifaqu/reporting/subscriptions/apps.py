"""Subscriptions as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscriptionsConfig(AppConfig):
    """Figures and briefs that come to a person by themselves."""

    name = "kaifaqu.reporting.subscriptions"
    label = "subscriptions"
    verbose_name = _("订阅记录")

    def ready(self) -> None:
        """Declare how a subscription is typed and told, and what the worker does for it."""
        from kaifaqu.reporting.subscriptions import forms, looking, sending  # noqa: F401  # both work in the background

        forms.declare()
