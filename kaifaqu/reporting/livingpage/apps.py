"""The living page as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LivingPageConfig(AppConfig):
    """A newspaper page answered article by article: each fact computed now, each mechanism with its screen."""

    name = "kaifaqu.reporting.livingpage"
    label = "livingpage"
    verbose_name = _("报纸一页")
