"""The columnar engine: the version tables as Parquet files, and the same figures measured over them by DuckDB."""
