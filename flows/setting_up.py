"""`topicwatch init`: writes the user's own settings, routing and secrets; checks all of it before anything is written."""

from __future__ import annotations

import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from alerts.routing import RoutingError, parse_routing
from flows.seeding import SeedError
from flows.settings import Settings, SettingsError, read_settings

Choice = Literal["files", "smtp", "slack"]
CHOICES: tuple[Choice, ...] = ("files", "smtp", "slack")
# Names of secrets, not secrets.
ADDRESS, PASSWORD, SENDER, LINK_SECRET = "MY_ADDRESS", "MY_MAIL_PASSWORD", "MY_MAIL_SENDER", "TOPICWATCH_LINK_SECRET"
REF = "me"
HEAD = """# Who is told what. Addresses and passwords stand in secrets.toml beside this file, under the names given here.
live = {live}  # false: messages are written to files only; `topicwatch init --live` turns it on
"""
LIVE = re.compile(r"^live\s*=\s*(true|false)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """Where mail is handed in."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` was told."""

    contact: str
    hour: int
    channel: Choice
    address: str = field(default="", repr=False)
    zone: str = "UTC"
    quiet: str = ""
    url: str = ""  # where `topicwatch serve` is reached, when not on this machine
    mail: Mail | None = None


def set_up(settings: Settings, answers: Answers) -> list[Path]:
    """Write settings.toml, routing.toml and secrets.toml, and give what was written; a routing.toml that is there already stays.

    Raises SeedError or SettingsError that names what is wrong; then nothing was written.
    """
    folder = settings.overlay
    kept = secrets_of(settings, answers)
    routing = "" if (folder / "routing.toml").exists() else routing_text(answers)
    if routing:
        try:
            parse_routing(tomllib.loads(routing), {**settings.secrets, **kept}, str(folder / "routing.toml"), text=routing)
        except RoutingError as fault:
            raise SeedError(str(fault)) from fault
    fields = [("contact", quoted(answers.contact)), ("hour", str(answers.hour)), *([("url", quoted(answers.url))] if answers.url else [])]
    own = "".join(f"{name} = {value}\n" for name, value in fields)
    trial = {"TOPICWATCH_CONTACT": answers.contact, "TOPICWATCH_HOUR": str(answers.hour), "TOPICWATCH_URL": answers.url, **kept}
    _ = read_settings({"TOPICWATCH_HOME": str(settings.home), **trial}).links  # raises what cannot be used
    folder.mkdir(parents=True, exist_ok=True)
    written = [put(folder / "settings.toml", own), put_secrets(folder / "secrets.toml", kept)]
    return [*written, put(folder / "routing.toml", routing)] if routing else written


def routing_text(answers: Answers) -> str:
    """Write the first routing.toml; not live yet."""
    fields: dict[str, str] = {"ref": REF, "channel": "file" if answers.channel == "files" else answers.channel}
    fields |= {"address_env": ADDRESS} if answers.channel != "files" else {}
    fields |= {"zone": answers.zone} if answers.zone != "UTC" else {}
    fields |= {"quiet": answers.quiet} if answers.quiet else {}
    lines = [HEAD.format(live="false"), "[[recipient]]", *(f"{name} = {quoted(value)}" for name, value in fields.items())]
    if answers.channel == "smtp" and answers.mail:
        m = answers.mail
        lines += ["", "[smtp]", f"host = {quoted(m.host)}", f"port = {m.port}", f"security = {quoted(m.security)}"]
        lines += [f"sender_env = {quoted(SENDER)}"]
        lines += [f"username = {quoted(m.username)}", f"password_env = {quoted(PASSWORD)}"] if m.username else []
    return "\n".join(lines) + "\n"


def secrets_of(settings: Settings, answers: Answers) -> dict[str, str]:
    """Give the secrets that are to be kept: the address, the password, and a key for links unless there is one."""
    found = {} if settings.key_of(LINK_SECRET) else {LINK_SECRET: secrets.token_urlsafe(32)}
    if answers.channel != "files":
        found[ADDRESS] = answers.address
    if answers.channel == "smtp" and answers.mail:
        found[SENDER] = answers.mail.sender
    if answers.mail and answers.mail.password:
        found[PASSWORD] = answers.mail.password
    return found


def go_live(settings: Settings) -> Path:
    """Set live = true in routing.toml; raises SettingsError when there is no routing.toml of one's own."""
    path = settings.overlay / "routing.toml"
    if not path.is_file():
        raise SettingsError(f"{path} is not there yet: run `topicwatch init` first")
    text = path.read_text(encoding="utf-8-sig")
    return put(path, LIVE.sub("live = true", text, count=1) if LIVE.search(text) else f"live = true\n{text}")


def put_secrets(path: Path, fresh: Mapping[str, str]) -> Path:
    """Add to secrets.toml what it does not hold, or holds otherwise; only its owner may read it."""
    kept = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
    both = {**kept, **fresh}
    return put(path, "".join(f"{key(name)} = {quoted(str(value))}\n" for name, value in both.items()), mode=0o600)


def put(path: Path, text: str, *, mode: int = 0o644) -> Path:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
    return path


def quoted(text: str) -> str:
    """Write a TOML text."""
    return json.dumps(text, ensure_ascii=False)


def key(name: str) -> str:
    """Write a TOML key."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)
