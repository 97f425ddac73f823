"""Dossiers: the four of the baseline load, none repeats the documents' sentences, and a bad one says what is wrong and where."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from topics.seeds import DossierError, build_dossier
from topics.sketch import SCHEME, sketch
from training.labelled import repository_catalogue
from training.make_dossier import as_toml

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared"))
PATHS = sorted((ROOT / "seeds" / "baseline").glob("*.toml"))


def table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def good() -> dict[str, Any]:
    made = tomllib.loads(as_toml(sketch("A title", "Alibaba has banned Claude, China Daily said. Staff have 30 days.", "en", ["alibaba"])))
    claim = {"topic": "china-side-bans", "kind": "company_action", "text": "A firm bars a model.", "actor": "alibaba", "sure": "seed"}
    return {"id": "seed-x", "publisher": "p", "title": "t", "topics": ["china-side-bans"], "claim": [claim], **made}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_baseline_loads_with_its_claims_and_sketch(path: Path) -> None:
    dossier = build_dossier(table(path), path.name)
    assert dossier.seed_id == path.stem
    assert 12 <= len(dossier.claims) + len(dossier.facts) <= 25
    assert dossier.claims
    assert dossier.sketch.scheme == SCHEME
    assert all(claim.reader_version == "seed" and claim.origin_id == dossier.seed_id for claim in dossier.claims)
    assert len({claim.claim_id for claim in dossier.claims}) == len(dossier.claims)


def test_the_baseline_has_four_dossiers() -> None:
    assert [path.stem for path in PATHS] == ["seed-000", "seed-001", "seed-002", "seed-003"]


def test_topics_and_entities_of_the_baseline_are_in_the_catalogue() -> None:
    known = repository_catalogue()
    topics, entities, matters = (
        {t.topic_id for t in known.topics},
        {e.entity_id for e in known.entities},
        {m.matter_id for m in known.measures},
    )
    for path in PATHS:
        dossier = build_dossier(table(path), path.name)
        assert set(dossier.topics) <= topics
        for claim in dossier.claims:
            assert set(claim.targets) <= entities
            assert claim.measure in matters | {""}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_claim_repeats_the_documents_words(path: Path) -> None:
    source = SHARED / "seeds" / f"{path.stem}.txt"
    if not source.is_file():
        pytest.skip(f"the seed documents are not at {source.parent}")
    words = re.findall(r"\w+", source.read_text(encoding="utf-8").lower())
    runs = {tuple(words[i : i + 7]) for i in range(len(words) - 6)}
    for claim in table(path)["claim"]:
        own = re.findall(r"\w+", claim["text"].lower())
        assert not runs & {tuple(own[i : i + 7]) for i in range(len(own) - 6)}, claim["text"]


def test_a_sketch_survives_the_file() -> None:
    made = sketch("A title", "Alibaba has banned Claude, China Daily said. Staff have 30 days.", "en", ["alibaba"])
    assert build_dossier(good(), "here").sketch == made


def test_the_digest_follows_every_change() -> None:
    changed = good()
    changed["claim"][0]["text"] = "A firm bars another model."
    assert build_dossier(good(), "here").digest == build_dossier(good(), "elsewhere").digest != build_dossier(changed, "here").digest


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("id", "Seed 1", "here: id is 'Seed 1'"),
        ("publisher", "", "here: publisher is ''"),
        ("topics", "cloud-kyc", "here: topics must be a list of texts"),
        ("topics", ["cloud-kyc"], "here, claim 1: topic 'china-side-bans' is not among"),
        ("published", "2026-07-01", "here: published: '2026-07-01' is not a day"),
        ("claim", {}, "here: claim must be written as [[claim]] tables"),
        ("claim", [{"topic": "china-side-bans", "kind": "banned", "text": "x"}], "here, claim 1: kind is 'banned'; use one of proposed"),
        ("claim", [{"topic": "china-side-bans", "kind": "adopted"}], "here, claim 1: text is None"),
        (
            "claim",
            [{"topic": "china-side-bans", "kind": "adopted", "text": "x", "dates": ["2026", "31.07.2026"]}],
            "here, claim 1: dates holds '31.07.2026'; write 2026-07-31",
        ),
        ("sketch", None, "here, sketch: missing"),
        ("sketch", {"scheme": "s", "length": 1, "shingles": ["xyz"]}, "'xyz' is not a hash"),
        ("sketch", {"scheme": "s", "length": 0, "shingles": ["0" * 16]}, "length is 0"),
        ("sketch", {"scheme": "s", "length": 1, "terms": ["0000000000000001 heavy"]}, "terms holds an entry"),
    ],
)
def test_a_bad_dossier_names_file_and_field(field: str, value: object, message: str) -> None:
    with pytest.raises(DossierError, match=re.escape(message)):
        build_dossier({**good(), field: value}, "here")
