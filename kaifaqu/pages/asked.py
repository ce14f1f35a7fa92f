"""What an address or a form asks for."""

import re
import unicodedata

TO = "(?:[—–~-]+|至|到|to)"
PERIODS = [  # as people write them, and as the pages write them in both languages, without spaces
    (r"(\d{4})年?(?:全年)?", "{0}"),
    (r"(\d{4})(?:年上半年|,firsthalf)", "{0}-H1"),
    (r"(\d{4})(?:年下半年|,secondhalf)", "{0}-H2"),
    (r"(\d{4})(?:年第?[一1]季度?|,firstquarter)", "{0}-Q1"),
    (r"(\d{4})(?:年第?[二2]季度?|,secondquarter)", "{0}-Q2"),
    (r"(\d{4})(?:年第?[三3]季度?|,thirdquarter)", "{0}-Q3"),
    (r"(\d{4})(?:年第?[四4]季度?|,fourthquarter)", "{0}-Q4"),
    (r"(\d{4})(?:年(\d{1,2})月份?|[/.-](\d{1,2}))", "{0}-{1:0>2}"),
    (rf"(\d{{4}})年(\d{{1,2}})月?{TO}(\d{{1,2}})月份?", "{0}-{1:0>2}..{2:0>2}"),
    (rf"(\d{{4}}),months(\d{{1,2}}){TO}(\d{{1,2}})", "{0}-{1:0>2}..{2:0>2}"),
]  # fmt: skip
DAY = (r"(\d{4})(?:年(\d{1,2})月(\d{1,2})[日号]|[/.-](\d{1,2})[/.-](\d{1,2}))", "{0}-{1:0>2}-{2:0>2}")


def number(text: str) -> int | None:
    """Return the text as a number of at most 18 digits, which every database can hold; None for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def period(text: str) -> str:
    """Return the period as Period.parse reads it, where people wrote it in words; any other text as it is."""
    return _spelt(text, [*PERIODS, DAY])


def day(text: str) -> str:
    """Return the day as 2024-06-30, where people wrote 2024年6月30日 or 2024/6/30; any other text as it is."""
    return _spelt(text, [DAY])


def _spelt(text: str, forms: list[tuple[str, str]]) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()
    for form, spelling in forms:
        if found := re.fullmatch(form, plain, re.ASCII):
            return spelling.format(*filter(None, found.groups()))
    return text.strip()
