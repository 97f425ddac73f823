"""The settings of described kinds: defaults, and errors that name field and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.model import Source
from extractors.source_fields import FIELDS, read_fields, settings_fault
from flows.seeding import SeedError, load_sources
from standins.source_web import SEEDS


def made(kind: str, **params: str) -> Source:
    return Source("s", kind, "https://a.example/", "S", params=tuple(params.items()))


def test_defaults_are_filled_in() -> None:
    found = read_fields(made("html_list", link="li > a"))
    assert (found["link"], found["date"], found["max_pages"]) == ("li > a", "", "3")


@pytest.mark.parametrize(
    ("kind", "params", "fault"),
    [
        ("html_list", {"link": "a:hover"}, "params.link holds 'a:hover'; want a CSS selector"),
        ("html_list", {"lnk": "a"}, "unknown field 'lnk'"),
        ("html_list", {"next": "page.htm"}, "params.next holds 'page.htm'; want the address of page {n}"),
        ("html_list", {"match": "("}, "want a regular expression"),
        ("html_list", {"issuer": "MOFCOM"}, "want the issuer"),
        ("html_list", {"max_pages": "1000"}, "want a whole number up to 100"),
        ("json_list", {}, "params.items is missing"),
        ("json_list", {"items": "a..b"}, "want a dotted path"),
        ("json_html_list", {"item": "ul"}, "params.html is missing"),
        ("page_watch", {"watch": "all"}, "want links or text"),
        ("gdelt", {"query": "x"}, "params.query"),
        ("wayback", {"site": "a.example", "scope": "all"}, "want prefix or exact or host or domain"),
        ("warc", {"hosts": "scmp.com,*"}, "params.hosts holds '*'"),
        ("model_hub", {"orgs": "a/b"}, "params.orgs holds 'a/b'"),
        ("feed", {"agencies": "x"}, "unknown field 'agencies'"),
    ],
)
def test_faults_name_field_value_and_mend(kind: str, params: dict[str, str], fault: str) -> None:
    assert fault in settings_fault(made(kind, **params))


def test_reading_refuses_what_loading_would() -> None:
    with pytest.raises(ValueError, match=r"s: params\.items is missing"):
        read_fields(made("json_list"))


def test_a_fault_in_sources_toml_is_refused_before_any_fetch(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[[source]]\nid = "cac"\nenabled = true\nparams = { link = "a{" }\n', encoding="utf-8")
    with pytest.raises(SeedError, match=r"sources.toml, source 'cac': params\.link holds"):
        load_sources(SEEDS, tmp_path)


def test_the_shipped_sources_of_these_kinds_are_well_and_each_kind_has_one() -> None:
    shipped = [source for source in load_sources(SEEDS, SEEDS / "none") if source.kind in FIELDS]
    assert {source.source_id: fault for source in shipped if (fault := settings_fault(source))} == {}
    assert {source.kind for source in shipped} == set(FIELDS)
