"""The living page: a newspaper page answered fact by fact from the demo zone's records."""
