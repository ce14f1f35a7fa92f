"""Texts that a spreadsheet would take for a formula, and how they travel in a CSV file.

A text that begins with one of `LIVE` (= + - @, tab, carriage return, NUL, or the full-width ＝＋－＠) gets one apostrophe
in front. So does a text that begins with apostrophes followed by one of these: ' is a character like any other, and '=1
must come back as it was. Reading takes exactly one apostrophe from a text that begins with one or more of them followed
by one of `LIVE`, and leaves every other text alone. For every text, unguarded(guarded(text)) == text.

Only texts are guarded. A number stays a number, -12.5 included.
"""

import re

LIVE = "=+\\-@\t\r\0＝＋－＠"
_GUARD = re.compile(f"'*[{LIVE}]")
_GUARDED = re.compile(f"'+[{LIVE}]")


def guarded(text: str) -> str:
    """Return the text as it stands in a CSV file, where no spreadsheet calculates it."""
    return f"'{text}" if _GUARD.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that was guarded."""
    return text[1:] if _GUARDED.match(text) else text
