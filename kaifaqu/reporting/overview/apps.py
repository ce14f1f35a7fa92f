"""The overview as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OverviewConfig(AppConfig):
    """One page of the figures that a zone has chosen, its feeds and its warnings."""

    name = "kaifaqu.reporting.overview"
    label = "overview"
    verbose_name = _("总览")
