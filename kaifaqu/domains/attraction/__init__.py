"""Attraction of investment: what is known of a lead, how it is judged and negotiated, what it would produce, where it stands on a chain."""
