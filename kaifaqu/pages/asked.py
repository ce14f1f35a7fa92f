"""What an address or a form asks for."""


def number(text: str) -> int | None:
    """Return the text as a number of at most 18 digits, which every database can hold; None for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
