"""The frame around the kernel's pages as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base templates, home, sign-in; imports everything below and is imported by nothing."""

    name = "kaifaqu.web"
    label = "web"

    def ready(self) -> None:
        """Declare what stands on the pages of people, parties and roles."""
        from kaifaqu.web import index, installation, people  # noqa: F401  # the work for the background, too
