"""Documents on paper as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaperConfig(AppConfig):
    """Files and pages that are made of a composed document."""

    name = "kaifaqu.reporting.paper"
    label = "paper"
    verbose_name = _("文稿")
