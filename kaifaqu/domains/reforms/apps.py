"""The reforms of approvals and of land as a Django application; the installation switches it on where it is wanted."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReformsConfig(AppConfig):
    """标准地、承诺制、全代办、集成办理."""

    name = "kaifaqu.domains.reforms"
    label = "reforms"
    verbose_name = _("改革")
