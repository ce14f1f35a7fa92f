"""Qualifications: permits, certificates and recognitions that an enterprise holds for a time, and what is owed before they end."""
