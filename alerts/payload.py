"""Writes an alert as JSON and reads it back: what a delivery carries until it is rendered."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, fields
from typing import Any

from alerts.model import Alert, Line

SURROGATE = re.compile("[\ud800-\udfff]")


class PayloadError(ValueError):
    """A stored payload that is no alert."""


def to_json(alert: Alert) -> str:
    """Write the alert as one line of JSON with sorted keys; lone surrogates become U+FFFD."""
    text = json.dumps(asdict(alert), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return SURROGATE.sub("\ufffd", text)


def from_json(text: str) -> Alert:
    """Read an alert back; unknown fields of a newer version are left out; raises PayloadError."""
    try:
        table = json.loads(text)
        lines = tuple(Line(**_known(Line, line)) for line in table["lines"])
        return Alert(**{**_known(Alert, table), "lines": lines})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PayloadError(f"delivery payload is not an alert: {type(error).__name__}") from error


def _known(kind: type[Alert] | type[Line], table: dict[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(kind)}
    return {name: _frozen(value) for name, value in table.items() if name in names}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
