"""The application engine."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    """The columnar engine: the same figures from Parquet files, by DuckDB."""

    name = "kaifaqu.engine"

    def ready(self) -> None:
        """Offer the engine as a place where figures are measured."""
        from kaifaqu.engine.choice import place
        from kaifaqu.kernel import figures

        figures.places.append(place)
