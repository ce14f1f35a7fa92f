"""The application jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs: long work in the background, with progress, cancelling and a result."""

    name = "kaifaqu.jobs"
