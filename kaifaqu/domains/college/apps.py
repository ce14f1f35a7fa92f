"""The college's ledgers as a Django application; the installation switches it on where it is wanted."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollegeConfig(AppConfig):
    """系部专业、班级学生、师资、校企合作和毕业去向."""

    name = "kaifaqu.domains.college"
    label = "college"
    verbose_name = _("产教融合")

    def ready(self) -> None:
        """Say what stands on a student's page, and what tells nothing of an enterprise or a project."""
        import_module(f"{self.name}.panels").declare()
