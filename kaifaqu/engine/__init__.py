"""The columnar engine: the same figures from Parquet files, by DuckDB."""
