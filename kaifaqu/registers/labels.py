"""What the entries of data files are called."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language


def labelled(entry: Mapping[str, Any]) -> Any:
    """Return the label of an entry of a data file, in the reader's language wherever it is shown."""
    return lazy(partial(_told, entry), str)()


def _told(entry: Mapping[str, Any]) -> str:
    return entry["label_en" if (get_language() or "").startswith("en") else "label"]
