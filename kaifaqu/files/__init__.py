"""Files: what is attached to records, by SHA-256; backup and restore."""
