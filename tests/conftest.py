"""What holds for all tests: no verdict depends on the clock, hypothesis' own deadline included."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
