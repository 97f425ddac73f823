"""Anchors: what a step on our subject names nearly always."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# China or a Chinese thing, an authority, a technology, something American, something of another country; by word class.
ANCHORS: Mapping[str, frozenset[str]] = {
    "china": frozenset(
        {"china", "cnagency", "soe", *(f"{k}_cn" for k in ("company", "agency", "model", "product", "list", "lawmakingbody"))}
    ),
    "authority": frozenset(
        {
            "usagency",
            "cnagency",
            "allyagency",
            "lawmaker",
            *(f"{k}_{s}" for k in ("agency", "court", "lawmakingbody") for s in ("us", "cn", "al")),
        }
    ),
    "technology": frozenset(
        {"chip", "ai", "cloud", "weights", "material", *(f"{k}_{s}" for k in ("model", "product") for s in ("us", "cn", "al"))}
    ),
    "america": frozenset(
        {"usa", "usagency", "lawmaker", *(f"{k}_us" for k in ("company", "agency", "model", "product", "state", "court"))}
    ),
    "ally": frozenset({"ally", "allyagency", *(f"{k}_al" for k in ("company", "agency", "model", "product", "state", "court"))}),
}


def anchors_in(classes: Collection[str]) -> frozenset[str]:
    """The anchors that a text with these word classes names."""
    return frozenset(name for name, members in ANCHORS.items() if not members.isdisjoint(classes))
