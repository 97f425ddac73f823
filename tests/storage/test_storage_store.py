"""The file: safe configuration, damage, versions, snapshots, a full disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from storage import schema
from storage.connection import DEFAULT_LIMITS, open_writer
from storage.errors import SchemaError, StoreDamaged, StoreError
from storage.store import Store

Make = Any
ROOT = Path(__file__).resolve().parents[2]


def wal(store: Store) -> Path:
    return store.database.with_name(store.database.name + ".wal")


def leave_a_wal(store: Store, make: Make, keep: Path) -> None:
    """Store two nights and keep what the directory looked like after a kill in the second: an old file and its WAL."""
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
    with store.window() as window:
        make.full_night(window, [2], make.night(2))
        shutil.copytree(store.data_dir, keep)
    assert (keep / wal(store).name).exists()


def test_the_connection_is_confined(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    with store.window() as window:
        con = window._open()
        assert con.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
        for statement in (
            f"FROM read_csv('{outside}')",
            f"COPY (SELECT 1) TO '{outside}'",
            f"ATTACH '{outside}.db'",
            "INSTALL fts",
            "LOAD fts",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement)
        for setting in ("enable_external_access = true", "TimeZone = 'Asia/Shanghai'", "autoinstall_known_extensions = true"):
            with pytest.raises(duckdb.Error, match="locked"):
                con.execute(f"SET {setting}")
        con.execute(f"COPY (SELECT 1 AS a) TO '{store.data_dir / 'inside.parquet'}' (FORMAT parquet)")
        assert con.execute(f"SELECT a FROM '{store.data_dir / 'inside.parquet'}'").fetchall() == [(1,)]
    assert outside.read_text() == "a\n1\n"


def test_a_data_directory_with_a_quote_in_its_name(tmp_path: Path, make: Make) -> None:
    store = Store(tmp_path / "it's here")
    with store.window() as window:
        make.begin(window, make.night(1))


def test_the_file_can_be_read_by_the_oldest_duckdb_that_is_allowed(store: Store) -> None:
    with store.window() as window:
        tags = window._open().execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'topicwatch'").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.5.0")


def test_a_closed_window_says_so(store: Store, make: Make) -> None:
    with store.window() as window:
        window.publish_snapshot()
        with pytest.raises(StoreError, match="window is closed"):
            make.begin(window, make.night(1))


def test_the_snapshot_is_read_while_a_window_is_open(store: Store, make: Make) -> None:
    with pytest.raises(StoreError, match="first night"), store.read():
        pass
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        window.publish_snapshot()
    with store.window() as window:
        make.full_night(window, [2], make.night(2))
        with store.read() as reads:
            assert len(reads.runs()) == 1
            with pytest.raises(duckdb.Error, match="read-only"):
                reads._con.execute("DELETE FROM run")
    store.publish_snapshot()
    with store.read() as reads:
        assert len(reads.runs()) == 2


def test_a_lost_wal_is_detected_and_can_be_accepted(store: Store, make: Make, tmp_path: Path) -> None:
    leave_a_wal(store, make, keep := tmp_path / "killed")
    killed = Store(keep)
    wal(killed).unlink()
    with pytest.raises(StoreDamaged, match=r"topicwatch\.duckdb holds less .*run_seq: 1 of 2.*accept_damage"), killed.window():
        pass
    damage = killed.accept_damage()
    assert {name for name, _, _ in damage.lost} == {"run_seq", "writes", "article", "delivery"}
    assert damage.moved == ()
    with killed.window() as window:
        run = make.full_night(window, [2], make.night(2))
    assert (run.run_seq, run.base_run_seq) == (3, 2), "a lost run number is not given again"
    assert killed.accept_damage().lost == ()


def test_a_cut_wal_is_detected(store: Store, make: Make, tmp_path: Path) -> None:
    leave_a_wal(store, make, keep := tmp_path / "killed")
    size = wal(Store(keep)).stat().st_size
    seen = set()
    for part in (1, 3, 5):
        cut = Store(tmp_path / f"cut{part}")
        shutil.copytree(keep, cut.data_dir, dirs_exist_ok=True)
        with wal(cut).open("r+b") as file:
            file.truncate(size * part // 6)
        with pytest.raises(StoreDamaged) as fault, cut.window():
            pass
        seen.add("holds less" in str(fault.value))
        cut.accept_damage()
        with cut.window() as window:
            make.full_night(window, [2], make.night(2))
    assert True in seen


def test_an_unharmed_wal_is_replayed(store: Store, make: Make, tmp_path: Path) -> None:
    leave_a_wal(store, make, keep := tmp_path / "killed")
    with Store(keep).window() as window:
        assert window._open().execute("SELECT count(*) FROM article").fetchall() == [(2,)]


def test_a_lost_file_and_garbage_are_told_apart_and_can_be_accepted(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
    whole = store.database.read_bytes()
    flipped = whole[:4200] + bytes([whole[4200] ^ 255]) + whole[4201:]
    for content, message in (
        (None, "is gone, although 1 articles"),
        (b"", "is empty"),
        (b"SQLite format 3\x00" + bytes(8000), "is not a DuckDB file"),
        (flipped, "damaged|cannot be opened"),
    ):
        store.database.unlink(missing_ok=True)
        if content is not None:
            store.database.write_bytes(content)
        with pytest.raises(StoreDamaged, match=message) as fault, store.window():
            pass
        assert "restore a backup" in str(fault.value)
    damage = store.accept_damage()
    assert [path.name for path in damage.moved] == ["topicwatch.duckdb.damaged-1"]
    with store.window() as window:
        assert make.begin(window, make.night(1)).run_seq == 2


def test_an_older_copy_put_back_is_noticed(store: Store, make: Make, tmp_path: Path) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
    shutil.copy(store.database, tmp_path / "backup")
    with store.window() as window:
        (delivery,) = window.pending_deliveries(make.now)
        window.set_delivery(delivery.delivery_id, "sent", 1, None, "r", make.now)
    shutil.copy(tmp_path / "backup", store.database)
    with pytest.raises(StoreDamaged, match=r"\(writes: \d+ of \d+\).*older copy"), store.window():
        pass


def test_an_unreadable_counter_is_named(store: Store, make: Make) -> None:
    with store.window() as window:
        make.begin(window, make.night(1))
    store.side.write_text("{")
    with pytest.raises(StoreDamaged, match=r"topicwatch\.counter\.json"), store.window():
        pass
    store.accept_damage()
    with store.window() as window:
        assert make.begin(window, make.night(1)).run_seq == 2
    store.side.unlink()
    with store.window():
        assert json.loads(store.side.read_text())["run_seq"] == 2


def test_a_newer_schema_is_refused_with_advice(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        window.publish_snapshot()
    for path, use in ((store.database, store.window), (store.snapshot, store.read)):
        con = open_writer(path, DEFAULT_LIMITS)
        con.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
        con.close()
        with pytest.raises(SchemaError, match=r"has schema 99, this program knows .* install the topicwatch that wrote it"), use():
            pass


def test_ids_of_another_recipe_are_refused(store: Store) -> None:
    with store.window() as window:
        window._open().execute("UPDATE meta SET value = 'sha1' WHERE key = 'id_scheme'")
    with pytest.raises(SchemaError, match="ids made by sha1"), store.window():
        pass


def test_a_migration_runs_once_and_an_old_snapshot_says_so(store: Store, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        window.publish_snapshot()
    added = (*schema.MIGRATIONS, ("CREATE TABLE later (x BIGINT)", "INSERT INTO later VALUES (1)"))
    monkeypatch.setattr(schema, "MIGRATIONS", added)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", len(added))
    monkeypatch.setattr("storage.store.SCHEMA_VERSION", len(added))
    with pytest.raises(StoreError, match="before the last upgrade"), store.read():
        pass
    for _ in range(2):
        with store.window() as window:
            assert window._open().execute("SELECT x FROM later").fetchall() == [(1,)]
            assert schema.schema_version(window._open()) == len(added)


def test_a_file_from_before_matters_lost_their_merges_keeps_them(tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    store, before = Store(tmp_path / "old"), schema.MIGRATIONS.index(schema._UNMERGED)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:before])
        patch.setattr(schema, "SCHEMA_VERSION", before)
        with store.window() as window:
            for run_seq, name in ((1, "Rule"), (2, "Order")):
                window._open().execute("INSERT INTO matter VALUES ('m_1', ?, '', '', NULL, ?)", [name, run_seq])
    with store.window() as window:
        con = window._open()
        kept = con.execute("SELECT run_seq, matter_id, name_en FROM matter ORDER BY run_seq").fetchall()
        assert kept == [(1, "m_1", "Rule"), (2, "m_1", "Order")]
        with pytest.raises(duckdb.ConstraintException):
            con.execute("INSERT INTO matter VALUES ('m_1', 'again', '', NULL, 2)")


def test_a_failing_migration_leaves_the_old_version(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.window():
        pass
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (x BIGINT)", "SELECT nonsense")))
        patch.setattr(schema, "SCHEMA_VERSION", len(schema.MIGRATIONS))
        with pytest.raises(StoreError), store.window():
            pass
    with store.window() as window:
        assert schema.schema_version(window._open()) == len(schema.MIGRATIONS)
        assert window._open().execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'later'").fetchall() == []


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Store(tmp_path / "file" / "data")


FULL = """
import resource, signal, sys; from pathlib import Path
sys.path.insert(0, sys.argv[2])
import conftest
from storage.errors import StoreError; from storage.store import Store
make = conftest.Maker(); store = Store(Path(sys.argv[1]))
with store.window() as window:
    run = make.begin(window, make.night(1))
    window.record_source(run.run_seq, make.reading([make.article(1)]), None, make.now)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with store.window() as window:
        size = max(p.stat().st_size for p in Path(sys.argv[1]).iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        text = "".join(str(hash((n, "x"))) for n in range(400_000))
        window.record_source(run.run_seq, make.reading([make.article(2, text=text)]), None, make.now)
except StoreError as fault:
    print("StoreError", fault)
"""


@pytest.mark.slow
def test_a_full_disk_is_a_clear_error_and_leaves_nothing_half_written(store: Store, make: Make) -> None:
    """RLIMIT_FSIZE stands for the full disk: a write beyond it fails as ENOSPC does."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(store.data_dir), str(Path(__file__).parent)],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stdout.startswith("StoreError"), done.stdout + done.stderr
    assert str(store.database) in done.stdout
    with store.window() as window:
        assert window._open().execute("SELECT count(*) FROM article").fetchall() == [(1,)]
        assert window._open().execute("SELECT count(*) FROM entry").fetchall() == [(1,)]
        window.record_source(1, make.reading([make.article(2)]), None, make.now)


def test_a_snapshot_that_cannot_be_written_leaves_the_old_one(store: Store, make: Make) -> None:
    with store.window() as window:
        make.full_night(window, [1], make.night(1))
        window.publish_snapshot()
    blocked = store.snapshot.with_name("read.duckdb.new")
    blocked.mkdir()
    with store.window() as window:
        make.full_night(window, [2], make.night(2))
        with pytest.raises(StoreError, match=r"snapshot .* cannot be written"):
            window.publish_snapshot()
    blocked.rmdir()
    with store.read() as reads:
        assert len(reads.runs()) == 1
    with store.window() as window:
        assert window._open().execute("SELECT count(*) FROM run").fetchall() == [(2,)]
