"""Scoring: published scoring sheets as dated rules, applied to an owner's figures, each point traced."""
