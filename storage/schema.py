"""The tables of SCHEMA.md and the append-only list of migrations that made them."""

from __future__ import annotations

import duckdb

from extractors.model import ID_SCHEME
from storage.errors import SchemaError

# One tuple of statements per version. Append only: a file in the field was made by the statements as they stand here.
_V1 = (
    "CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL)",
    """CREATE TABLE run (run_seq BIGINT PRIMARY KEY, run_id VARCHAR NOT NULL, mode VARCHAR NOT NULL, night DATE NOT NULL, as_of TIMESTAMPTZ,
        window_from TIMESTAMPTZ, window_to TIMESTAMPTZ, base_run_seq BIGINT NOT NULL, config_digest VARCHAR, baseline_digest VARCHAR,
        reader_version VARCHAR, code_version VARCHAR, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ, outcome VARCHAR,
        counts VARCHAR)""",
    """CREATE TABLE run_source (run_seq BIGINT, source_id VARCHAR, window_from TIMESTAMPTZ, window_to TIMESTAMPTZ, outcome VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, entries BIGINT NOT NULL, new BIGINT NOT NULL, requests BIGINT NOT NULL, read_at TIMESTAMPTZ NOT NULL,
        PRIMARY KEY (run_seq, source_id))""",
    """CREATE TABLE source (source_id VARCHAR PRIMARY KEY, armed_run_seq BIGINT, etag VARCHAR NOT NULL, last_modified VARCHAR NOT NULL,
        body_hash VARCHAR NOT NULL, "cursor" VARCHAR NOT NULL, next_at TIMESTAMPTZ, failures BIGINT NOT NULL, run_seq BIGINT NOT NULL)""",
    # A topic is armed like a source is: once, by the run that decided it first.
    "CREATE TABLE topic (topic_id VARCHAR PRIMARY KEY, armed_run_seq BIGINT, run_seq BIGINT NOT NULL)",
    # precision .. body let a queued entry be read later without its feed; body is kept only while queued.
    """CREATE TABLE entry (entry_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, url VARCHAR NOT NULL, title VARCHAR NOT NULL,
        summary VARCHAR NOT NULL, published_at TIMESTAMPTZ, published_precision VARCHAR NOT NULL, official_ids VARCHAR[], author VARCHAR,
        lang VARCHAR, flags VARCHAR[], body VARCHAR, first_seen_at TIMESTAMPTZ NOT NULL, article_id VARCHAR, disposition VARCHAR NOT NULL,
        reason VARCHAR NOT NULL, run_seq BIGINT NOT NULL)""",
    """CREATE TABLE article (article_id VARCHAR PRIMARY KEY, url VARCHAR NOT NULL, publisher VARCHAR NOT NULL, official_id VARCHAR NOT NULL,
        lang VARCHAR NOT NULL, first_seen_at TIMESTAMPTZ NOT NULL, run_seq BIGINT NOT NULL)""",
    "CREATE TABLE page_alias (url_key VARCHAR PRIMARY KEY, article_id VARCHAR NOT NULL, how VARCHAR NOT NULL, run_seq BIGINT NOT NULL)",
    # official_ids, family, tier and source_id belong to the revision: the same page may reach us through another source later.
    """CREATE TABLE revision (article_id VARCHAR, rev BIGINT, content_hash VARCHAR NOT NULL, title VARCHAR NOT NULL, body VARCHAR NOT NULL,
        author VARCHAR NOT NULL, published_at TIMESTAMPTZ, published_precision VARCHAR NOT NULL, published_witness VARCHAR NOT NULL,
        text_kind VARCHAR NOT NULL, official_ids VARCHAR[], family VARCHAR NOT NULL, tier VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
        extractor VARCHAR NOT NULL, extractor_version VARCHAR NOT NULL, confidence DOUBLE NOT NULL, raw_ref VARCHAR,
        run_seq BIGINT NOT NULL, PRIMARY KEY (article_id, rev))""",
    # A seed's sketch lies here under its seed_id.
    """CREATE TABLE sketch (article_id VARCHAR, rev BIGINT, scheme VARCHAR, shingles BLOB NOT NULL, bands BLOB NOT NULL,
        term_keys BLOB NOT NULL, term_weights BLOB NOT NULL, names BLOB NOT NULL, numbers BLOB NOT NULL, length BIGINT NOT NULL,
        run_seq BIGINT NOT NULL, PRIMARY KEY (article_id, rev, scheme))""",
    "CREATE TABLE band (scheme VARCHAR, key UBIGINT, article_id VARCHAR, rev BIGINT)",
    # An edited dossier is a new rev; the old one is retired, never changed.
    """CREATE TABLE seed (seed_id VARCHAR, rev BIGINT, dossier_digest VARCHAR NOT NULL, publisher VARCHAR NOT NULL, title VARCHAR NOT NULL,
        published_at TIMESTAMPTZ, night DATE, topics VARCHAR[], run_seq BIGINT NOT NULL, retired_run_seq BIGINT,
        PRIMARY KEY (seed_id, rev))""",
    """CREATE TABLE claim (claim_id VARCHAR, origin VARCHAR NOT NULL, origin_id VARCHAR NOT NULL, rev BIGINT NOT NULL,
        topic VARCHAR NOT NULL, kind VARCHAR NOT NULL, actor VARCHAR NOT NULL, measure VARCHAR NOT NULL,
        targets VARCHAR[], numbers VARCHAR[], dates VARCHAR[],
        modality VARCHAR NOT NULL, tense VARCHAR NOT NULL, quote VARCHAR NOT NULL, quote_start BIGINT NOT NULL, official_ids VARCHAR[],
        matter_keys VARCHAR[], score DOUBLE NOT NULL, topic_score DOUBLE NOT NULL, "position" BIGINT NOT NULL, reader VARCHAR NOT NULL,
        reader_version VARCHAR NOT NULL, ledger_id VARCHAR NOT NULL, night DATE,
        run_seq BIGINT NOT NULL, PRIMARY KEY (claim_id, run_seq))""",
    """CREATE TABLE matter (matter_id VARCHAR, name_en VARCHAR NOT NULL, name_zh VARCHAR NOT NULL, merged_into VARCHAR NOT NULL, night DATE,
        run_seq BIGINT NOT NULL, PRIMARY KEY (matter_id, run_seq))""",
    """CREATE TABLE matter_key (scheme VARCHAR, value VARCHAR, matter_id VARCHAR NOT NULL, night DATE, run_seq BIGINT NOT NULL,
        PRIMARY KEY (scheme, value, run_seq))""",
    # run_seq is in the key: a backfill may find that a known step was reached on an earlier night, which is a row of its own.
    """CREATE TABLE ledger (ledger_id VARCHAR, matter_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        value VARCHAR NOT NULL, targets VARCHAR[], applies_on DATE, support VARCHAR NOT NULL, claim_id VARCHAR NOT NULL,
        night DATE NOT NULL, run_seq BIGINT NOT NULL, PRIMARY KEY (ledger_id, run_seq))""",
    """CREATE TABLE ledger_change (ledger_id VARCHAR, what VARCHAR, "by" VARCHAR, reason VARCHAR NOT NULL, night DATE,
        run_seq BIGINT, PRIMARY KEY (ledger_id, run_seq, what, "by"))""",
    """CREATE TABLE verdict (article_id VARCHAR, rev BIGINT, outcome VARCHAR NOT NULL, covers_id VARCHAR NOT NULL,
        story_id VARCHAR NOT NULL, topics VARCHAR[], reasons VARCHAR[], night DATE NOT NULL, run_seq BIGINT,
        PRIMARY KEY (article_id, rev, run_seq))""",
    # A step that was only watched may be raised by a later run: a second row.
    """CREATE TABLE move (move_id VARCHAR, topic VARCHAR NOT NULL, matter_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        severity VARCHAR NOT NULL, ledger_id VARCHAR NOT NULL, before_id VARCHAR NOT NULL, "before" VARCHAR NOT NULL,
        value VARCHAR NOT NULL, confidence DOUBLE NOT NULL, headline VARCHAR NOT NULL,
        evidence VARCHAR NOT NULL, disposition VARCHAR NOT NULL, night DATE NOT NULL,
        run_seq BIGINT, PRIMARY KEY (move_id, run_seq))""",
    """CREATE TABLE alert (alert_id VARCHAR PRIMARY KEY, matter_id VARCHAR NOT NULL, purpose VARCHAR NOT NULL, move_ids VARCHAR[],
        payload VARCHAR NOT NULL, run_seq BIGINT NOT NULL)""",
    """CREATE TABLE delivery (delivery_id VARCHAR PRIMARY KEY, alert_id VARCHAR NOT NULL, channel VARCHAR NOT NULL,
        recipient_ref VARCHAR NOT NULL, payload VARCHAR NOT NULL, status VARCHAR NOT NULL, tries BIGINT NOT NULL, next_at TIMESTAMPTZ,
        provider_ref VARCHAR NOT NULL, updated_at TIMESTAMPTZ, run_seq BIGINT NOT NULL)""",
    "INSERT INTO meta VALUES ('id_scheme', 'blake2b-nfc-lp-20'), ('writes', '0'), ('run_seq_floor', '0')",
)
# What became of a source is told once per change: the last row of a source is what was told last.
_HEALTH = (
    "ALTER TABLE run_source ADD COLUMN moved_to VARCHAR DEFAULT ''",
    "ALTER TABLE source ADD COLUMN trusted BIGINT DEFAULT 0",
    """CREATE TABLE health (source_id VARCHAR, condition VARCHAR NOT NULL, since TIMESTAMPTZ, detail VARCHAR NOT NULL, run_seq BIGINT,
        PRIMARY KEY (source_id, run_seq))""",
)
_CONTROL = (
    """CREATE TABLE control (action_id VARCHAR PRIMARY KEY, what VARCHAR NOT NULL, scope VARCHAR NOT NULL, target VARCHAR NOT NULL,
        said_at TIMESTAMPTZ NOT NULL, until TIMESTAMPTZ, recipient_ref VARCHAR NOT NULL, by_ref VARCHAR NOT NULL, label VARCHAR NOT NULL,
        why VARCHAR NOT NULL, run_seq BIGINT NOT NULL)""",
    """CREATE TABLE feedback (feedback_id VARCHAR PRIMARY KEY, alert_id VARCHAR NOT NULL, move_id VARCHAR NOT NULL, label VARCHAR NOT NULL,
        by_ref VARCHAR NOT NULL, why VARCHAR NOT NULL, said_at TIMESTAMPTZ NOT NULL, run_seq BIGINT NOT NULL)""",
)
# Pages whose words were told and that were looked at again; the last row gives the next look's validators.
_LOOK = (
    """CREATE TABLE look (article_id VARCHAR, run_seq BIGINT, outcome VARCHAR NOT NULL, reason VARCHAR NOT NULL, etag VARCHAR NOT NULL,
        last_modified VARCHAR NOT NULL, body_hash VARCHAR NOT NULL, PRIMARY KEY (article_id, run_seq))""",
)
# Nothing ever merged two matters. DuckDB drops no column before one of the primary key, so that the table is made again.
_UNMERGED = (
    "CREATE TABLE kept AS SELECT matter_id, name_en, name_zh, night, run_seq FROM matter",
    "DROP TABLE matter",
    """CREATE TABLE matter (matter_id VARCHAR, name_en VARCHAR NOT NULL, name_zh VARCHAR NOT NULL, night DATE, run_seq BIGINT NOT NULL,
        PRIMARY KEY (matter_id, run_seq))""",
    "INSERT INTO matter SELECT * FROM kept",
    "DROP TABLE kept",
)
# Where a source that moved for good is asked from the fourth reading on.
_MOVED = (
    "ALTER TABLE source ADD COLUMN moved_from VARCHAR DEFAULT ''",
    "ALTER TABLE source ADD COLUMN moved_to VARCHAR DEFAULT ''",
    "ALTER TABLE source ADD COLUMN moved_runs BIGINT DEFAULT 0",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_V1, _HEALTH, _CONTROL, _LOOK, _UNMERGED, _MOVED)
SCHEMA_VERSION = len(MIGRATIONS)


def schema_version(con: duckdb.DuckDBPyConnection) -> int:
    """The version of the open file; 0 when it holds no tables yet."""
    try:  # asked four times a window; the list of tables would be made anew each time, at 2 ms
        rows = con.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchall()
    except duckdb.CatalogException:
        return 0
    return int(rows[0][0]) if rows else 0


def check_version(con: duckdb.DuckDBPyConnection, where: str) -> int:
    """The version of the open file; raises SchemaError when the file or its ids are of another make than this program's."""
    version = schema_version(con)
    if version > SCHEMA_VERSION:
        msg = (
            f"{where} has schema {version}, this program knows {SCHEMA_VERSION}: "
            "install the topicwatch that wrote it, or restore a backup made before the upgrade"
        )
        raise SchemaError(msg)
    if version:
        scheme = con.execute("SELECT value FROM meta WHERE key = 'id_scheme'").fetchall()
        if scheme != [(ID_SCHEME,)]:
            msg = f"{where} has ids made by {scheme[0][0] if scheme else 'an unknown recipe'}, this program makes {ID_SCHEME}"
            raise SchemaError(msg)
    return version


def migrate(con: duckdb.DuckDBPyConnection, where: str) -> None:
    """Bring the open file to this program's schema, one transaction a version; raises SchemaError for a newer file."""
    for version in range(check_version(con, where) + 1, SCHEMA_VERSION + 1):
        con.execute("BEGIN")
        for statement in MIGRATIONS[version - 1]:
            con.execute(statement)
        con.execute("INSERT INTO meta VALUES ('schema_version', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [str(version)])
        con.execute("COMMIT")
