"""Dispatch (调度): projects, progress, lights, issues, decisions and meetings on one table; no fact of its own."""
