"""The first letters of Chinese words, by which people search: zjxm finds 在建项目."""

from functools import cache


@cache
def initials(text: str) -> str:
    """Return the first letters of the sounds of a text, other signs as they are, all in small letters."""
    from pypinyin import Style, lazy_pinyin  # a fifth of a second that only a search needs

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
