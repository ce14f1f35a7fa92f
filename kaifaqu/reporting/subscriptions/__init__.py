"""Subscriptions: figures and briefs that come to a person by themselves, in his inbox and by mail."""
