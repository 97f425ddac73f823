"""The named ways in which a document refuses to become entries or text."""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818 - a verdict on a document, not a fault of ours
    """A document that holds nothing for us; `reason` is one of the names that a disposition shows ('no_text', 'not_a_feed', ...)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ParseFailed(Exception):  # noqa: N818 - read as a sentence: the parse failed
    """The parser was stopped or fell over: `reason` is parse_timeout, parse_memory, parse_crash or parse_error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
