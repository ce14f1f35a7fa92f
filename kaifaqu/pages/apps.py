"""The generic pages as a Django application."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Pages of every register and figure; above the kernel, which knows no request."""

    name = "kaifaqu.pages"
    label = "pages"

    def ready(self) -> None:
        """Declare how rights and rules are typed and told, and let the worker clear old drafts."""
        from kaifaqu.pages import contents, drafting, rights, rules  # noqa: F401  drafting: its daily work

        for each in (contents, rights, rules):
            each.declare()
