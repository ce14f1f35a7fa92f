"""Sheets: spreadsheets in and out, and collecting them."""
