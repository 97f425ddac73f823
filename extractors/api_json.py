"""Reads JSON answers of APIs without trusting them: any field may be missing, null or of another type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from extractors import limits
from extractors.clean import one_line
from extractors.dates import in_range, read_date
from extractors.failures import Unreadable
from extractors.urls import BadUrl, canonical_url

Raw = Mapping[str, Any]


def read_json(body: bytes) -> Any:
    """Parse an answer of any form; raises Unreadable('empty' | 'wrong_type')."""
    if not body.strip():
        raise Unreadable("empty")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("wrong_type") from fault


def read_object(body: bytes) -> Raw:
    """Parse an answer that is an object; raises Unreadable('empty' | 'wrong_type')."""
    answer = read_json(body)
    if not isinstance(answer, dict):
        raise Unreadable("wrong_type")
    return answer


def read_answer(body: bytes, *, lists: str) -> tuple[Raw, list[Raw]]:
    """Parse an answer that holds a list under `lists`; gives the whole and the list, with {} for what is no object.

    Raises Unreadable('empty' | 'wrong_type').
    """
    answer = read_object(body)
    listed = answer.get(lists)
    if not isinstance(listed, list):
        raise Unreadable("wrong_type")
    return answer, [raw if isinstance(raw, dict) else {} for raw in listed]


def text(raw: Raw, name: str, limit: int = limits.SUMMARY_CHARS) -> str:
    """Give a text field as one line, '' for anything else; a number counts as its digits."""
    value = raw.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 63 else ""
    return one_line(value, limit) if isinstance(value, str) else ""


def inner(raw: Raw, name: str) -> Raw:
    """Give an object field, {} for anything else."""
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def inner_list(raw: Raw, name: str) -> list[Raw]:
    """Give the objects of a list field, [] for anything else."""
    value = raw.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(raw: Raw, name: str) -> list[str]:
    """Give the texts of a list field, of at most 100 characters each."""
    value = raw.get(name)
    return [one_line(one, 100) for one in value if isinstance(one, str) and one.strip()] if isinstance(value, list) else []


def count(raw: Raw, name: str) -> int:
    """Give a whole number that is not negative, 0 for anything else."""
    value = raw.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else 0


def day(raw: Raw, name: str, now: datetime) -> datetime | None:
    """Give the date of a field when at least the day is known and it lies in 1995 .. now + 48 h."""
    return in_range(read_date(text(raw, name, 100)).day_or_better, now)


def link(raw: Raw, name: str) -> str:
    """Give the canonical address of a field, '' when it holds none that may be stored."""
    value = raw.get(name)
    try:
        return canonical_url(value) if isinstance(value, str) else ""
    except BadUrl:
        return ""
