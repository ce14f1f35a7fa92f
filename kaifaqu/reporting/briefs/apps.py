"""Briefs as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefsConfig(AppConfig):
    """Documents whose numbers are figures: templates, drafts, review, issue and restatement."""

    name = "kaifaqu.reporting.briefs"
    label = "briefs"
    verbose_name = _("简报")
