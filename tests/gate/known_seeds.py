"""A memory that holds the four dossiers, as a replay with --baseline seeds has it."""

from __future__ import annotations

import tomllib

from gate.memory import Memory
from topics.baseline import known_baseline
from topics.model import Catalogue
from topics.rules import Rules
from topics.seeds import build_dossier
from training.labelled import ROOT


def seeded(with_seeds: bool, rules: Rules) -> Memory:
    """The memory before the first night: empty, or the dossiers of seeds/baseline."""
    if not with_seeds:
        return Memory(rules=rules)
    paths = sorted((ROOT / "seeds" / "baseline").glob("*.toml"))
    dossiers = [build_dossier(tomllib.loads(path.read_text(encoding="utf-8")), path.name) for path in paths]
    return Memory(known_baseline(dossiers, Catalogue((), (), (), "")), rules=rules)
