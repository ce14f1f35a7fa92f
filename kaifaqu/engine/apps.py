"""The application engine."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    """The columnar engine: the same figures from Parquet files, by DuckDB."""

    name = "kaifaqu.engine"
