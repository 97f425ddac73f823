"""Writes alerts as files below the data directory: mail, Slack message and plain text, one set per alert, however often it is sent."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from alerts.blocks import message
from alerts.mail import MailError, build_mail
from alerts.model import Alert, Delivery, Recipient
from alerts.plain import one_line
from alerts.render import terminal_text
from alerts.send import Attempt, SendFailed, Sent
from extractors.model import h

SLUG_LIMIT = 48
OWN_ADDRESS = "topicwatch@localhost.invalid"


class FileSender:
    """Sender for the file channel; a recipient's address is a folder below the data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir.resolve()

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Write .eml, .json and .txt; returns the path of the .txt below the data directory; raises SendFailed."""
        folder = self._folder(recipient.address)
        stem = stem_of(alert)
        first = Attempt(1, attempt.at)  # a second try writes the same files: nothing is repeated, so nothing is marked
        try:
            mail, _ = build_mail(alert, Recipient(recipient.ref, "file", OWN_ADDRESS), first, OWN_ADDRESS)
            slack = json.dumps(message(alert, first), ensure_ascii=False, indent=2) + "\n"
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / f"{stem}.eml", mail)
            write_whole(folder / f"{stem}.json", slack.encode("utf-8", "replace"))
            write_whole(folder / f"{stem}.txt", terminal_text(alert).encode("utf-8", "replace"))
        except MailError as error:
            raise SendFailed(f"file: {error}", permanent=True) from None
        except OSError as error:
            raise SendFailed(f"file: {os.strerror(error.errno) if error.errno else type(error).__name__}") from None
        return Sent((folder / f"{stem}.txt").relative_to(self._root).as_posix(), certain=True)

    def _folder(self, address: str) -> Path:
        folder = (self._root / address).resolve()
        if not folder.is_relative_to(self._root):
            raise SendFailed("file: the recipient's folder lies outside the data directory", permanent=True)
        return folder


def stem_of(alert: Alert) -> str:
    """Name an alert's files: night, title in plain letters, id; no part of it can leave a folder."""
    night = alert.night if re.fullmatch(r"\d{4}-\d{2}-\d{2}", alert.night) else "undated"
    slug = re.sub(r"[^a-z0-9]+", "-", one_line(alert.title).lower())[:SLUG_LIMIT].strip("-")
    alert_id = alert.alert_id if re.fullmatch(r"[0-9a-f]{8,64}", alert.alert_id) else h(alert.alert_id)
    return "-".join(filter(None, (night, slug, alert_id)))


def write_whole(path: Path, content: bytes) -> None:
    """Put the file there whole and on disk, or not at all; raises OSError."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
