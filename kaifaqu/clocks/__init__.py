"""Clocks: the calendar of working days, and when something is due that is owed in working days, days or hours."""
