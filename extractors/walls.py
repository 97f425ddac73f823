"""The sentences of paywalls and consent pages."""

from __future__ import annotations

import re

CONSENT = re.compile(
    r"before you continue|we (?:and our partners )?use cookies|your privacy (?:choices|matters)|accept (?:all )?cookies"
    r"|cookie (?:policy|consent|settings)",
    re.IGNORECASE,
)
WALL = re.compile(
    r"(?:subscribe|sign in|log in|register|create an account|become a (?:member|subscriber)) (?:now )?to (?:continue|read|keep|unlock)"
    r"|already a subscriber|this (?:article|content|story) is (?:for|only|reserved|available to) (?:our |paying )*(?:subscribers|members)"
    r"|to (?:continue|keep) reading|remaining .{0,30}free articles|登录后.{0,6}(?:阅读|查看)|付费(?:阅读|内容)|订阅后",
    re.IGNORECASE,
)
