"""What this machine and its user set: the only file that reads the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from alerts.links import SHORTEST_SECRET, Links
from alerts.plain import safe_url

ROOT = Path(__file__).resolve().parent.parent
NAME = "topicwatch"
DEFAULT_URL = "http://127.0.0.1:8787"  # where `topicwatch serve` answers
OWN_FIELDS = ("contact", "hour", "allow_private", "parallel", "url")  # of settings.toml; each is a TOPICWATCH_ variable too


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the setting, the value and the mend."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is not in seeds/: where things lie, who we are on the web, and the hour of the nightly run."""

    home: Path  # the one data directory; nothing is written outside it
    seeds: Path
    contact: str = ""  # mail address or URL that publishers may write to; part of the User-Agent
    hour: int = 2  # of the nightly run, UTC
    allowed_private: frozenset[tuple[str, int]] = frozenset()  # loopback or LAN (host, port) pairs that may be fetched
    parallel: int = 8  # sources read at the same time
    deadline_s: float = 3600.0  # of reading all sources; what is not read by then is late, and said
    archive_nights: int = 30  # of raw answers that are kept; 0 keeps none
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # names -> addresses and keys; never stored, never logged
    secret_block: str = ""  # a Prefect Secret block with more of them, as one JSON object; the environment and secrets.toml win

    @property
    def overlay(self) -> Path:
        """Where the user's own sources.toml, topics.toml, routing.toml ... lie; they override seeds/ by id."""
        return self.home / "config"

    def key_of(self, name: str) -> str:
        """Give the API key that a source's key_env names, from the environment or secrets.toml; '' when it is not set."""
        return self.secrets.get(name, "").strip() if name else ""

    @property
    def inbox(self) -> Path:
        """Where what people say back waits for the next window (SCHEMA.md, W4)."""
        return self.home / "inbox"

    @property
    def links(self) -> Links | None:
        """The signed links of this installation; None while TOPICWATCH_LINK_SECRET is not set. Raises SettingsError."""
        secret, base = self.key_of("TOPICWATCH_LINK_SECRET"), self.key_of("TOPICWATCH_URL") or DEFAULT_URL
        if not secret:
            return None
        if len(secret) < SHORTEST_SECRET:
            raise SettingsError(f"TOPICWATCH_LINK_SECRET: want at least {SHORTEST_SECRET} characters; `topicwatch init` makes one")
        if not safe_url(base):
            raise SettingsError("TOPICWATCH_URL: want an http(s) address in plain ASCII, such as https://watch.example")
        return Links(base, secret)

    @property
    def user_agent(self) -> str:
        """The honest name that every publisher sees; the client adds the contact."""
        return f"{NAME}/{version()}"

    @property
    def journal(self) -> Path:
        """The append-only record of what was sent."""
        return self.home / "sent.jsonl"

    @property
    def archive(self) -> Path:
        """Where the raw answers of the last nights lie, a WARC file each."""
        return self.home / "archive"

    @property
    def outbox(self) -> Path:
        """Where alerts are written as files until a channel is configured, and the summary page."""
        return self.home / "out"


def version() -> str:
    """Name this installation's version, '0' when it is not installed."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "0"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Build the settings from TOPICWATCH_* variables, and from settings.toml and secrets.toml in the data directory; the environment wins.

    Raises SettingsError that names the variable or file, and the mend.
    """
    given = os.environ if environ is None else environ
    home = Path(given.get("TOPICWATCH_HOME") or ROOT / "var").expanduser().absolute()
    env = {**_own(home / "config" / "settings.toml"), **given}
    return Settings(
        home=home,
        seeds=Path(env.get("TOPICWATCH_SEEDS") or ROOT / "seeds").expanduser().absolute(),
        contact=_contact(env.get("TOPICWATCH_CONTACT", "")),
        hour=_number(env, "TOPICWATCH_HOUR", 2, 0, 23),
        allowed_private=_pairs(env.get("TOPICWATCH_ALLOW_PRIVATE", "")),
        parallel=_number(env, "TOPICWATCH_PARALLEL", 8, 1, 64),
        archive_nights=_number(env, "TOPICWATCH_ARCHIVE_NIGHTS", 30, 0, 10_000),
        secret_block=env.get("TOPICWATCH_SECRET_BLOCK", ""),
        secrets={**_secrets(home / "config" / "secrets.toml"), **env},
    )


def prefect_environment(settings: Settings | None = None) -> None:
    """Keep Prefect inside the data directory, quiet and patient; call before prefect is imported, it reads this then."""
    home = (settings or read_settings()).home
    for name, value in {
        "PREFECT_HOME": str(home / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",  # measured: up to 34 s under load
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",  # it prints every event that a server which went away does not take
        "PREFECT_CLI_PROMPT": "false",
    }.items():
        os.environ.setdefault(name, value)


def _contact(text: str) -> str:
    text = text.strip()
    if not (text.isascii() and text.isprintable()) or set(text) & set("()") or len(text) > 200:
        raise SettingsError("TOPICWATCH_CONTACT: want one mail address or URL in plain ASCII, without brackets")
    return text


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingsError(f"{name}={text!r}: want a whole number from {low} to {high}")
    return int(text)


def _pairs(text: str) -> frozenset[tuple[str, int]]:
    pairs = set()
    for part in text.replace(",", " ").split():
        host, _, port = part.rpartition(":")
        if not host or not port.isdecimal():
            raise SettingsError(f"TOPICWATCH_ALLOW_PRIVATE: {part!r} is not host:port, as in 127.0.0.1:8080")
        pairs.add((host.strip("[]"), int(port)))
    return frozenset(pairs)


def _own(path: Path) -> dict[str, str]:
    """Read settings.toml: its fields are the variables' names in small letters, without TOPICWATCH_."""
    table = _toml(path)
    unknown = sorted(set(table) - set(OWN_FIELDS))
    if unknown:
        raise SettingsError(f"{path}: unknown field {unknown[0]!r}; there are {', '.join(OWN_FIELDS)}")
    return {f"TOPICWATCH_{name.upper()}": str(value) for name, value in table.items()}


def _secrets(path: Path) -> dict[str, str]:
    table = _toml(path)
    wrong = [name for name, value in table.items() if not isinstance(value, str)]
    if wrong:
        raise SettingsError(f"{path}: {wrong[0]} must be a text in quotes")
    return table


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # The decoder's message names line and column only, never the text of the line.
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
