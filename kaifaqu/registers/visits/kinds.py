"""The kinds of visits, as dated data: which of them there are, and which enter the enterprise's premises."""

import json
from functools import partial
from importlib import resources

from django.utils.functional import lazy
from django.utils.translation import get_language

KINDS = json.loads(resources.files(__package__).joinpath("data/visit_kinds.json").read_text(encoding="utf-8"))["kinds"]
VISIT, JOINT = "visit", "joint"  # of which the product itself speaks
ENTERING = tuple(kind["value"] for kind in KINDS if kind["enters"])


def _told(kind: dict[str, str]) -> str:
    return kind["label_en" if (get_language() or "").startswith("en") else "label"]


CHOICES = [(kind["value"], lazy(partial(_told, kind), str)()) for kind in KINDS]


def is_used(kind: str, day: str) -> bool:
    """Tell whether the kind is in use on the day, written 2024-07-01."""
    return any(each["value"] == kind and each["since"] <= day <= each.get("until", "9999") for each in KINDS)
