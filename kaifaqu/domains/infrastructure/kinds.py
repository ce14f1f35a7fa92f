"""The kinds of works, as dated data."""

import json
from importlib import resources

from kaifaqu.registers.labels import labelled

KINDS = json.loads(resources.files(__package__).joinpath("data/work_kinds.json").read_text(encoding="utf-8"))["kinds"]
CHOICES = [(kind["value"], labelled(kind)) for kind in KINDS]


def is_used(kind: str, day: str) -> bool:
    """Tell whether the kind is in use on the day, written 2024-07-01."""
    return any(each["value"] == kind and each["since"] <= day <= each.get("until", "9999") for each in KINDS)
