"""The generic pages as a Django application."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Pages of every register and figure; above the kernel, which knows no request."""

    name = "kaifaqu.pages"
    label = "pages"

    def ready(self) -> None:
        """Let the worker clear old drafts."""
        from kaifaqu.pages import drafting  # noqa: F401  its daily work
