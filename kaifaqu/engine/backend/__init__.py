"""The Django database "columnar": a DuckDB inside this process, to which Django speaks as to PostgreSQL."""
