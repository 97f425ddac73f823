"""Kills at random moments of three nights, with a real SMTP server and a Slack stand-in: nothing lost, nothing repeated unmarked."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from newsroom.web import Newsroom
from standins.channels import message_ids, set_up, told_by_slack
from standins.household import HARBOUR, Town, evening, move_in
from standins.mail_and_slack import MailServer, SlackServer

DAYS = ("2026-10-05", "2026-10-06", "2026-10-07")


def nights(folder: Path, kills: dict[str, int], words: tuple[str, ...], longest_s: float) -> tuple[list[str], dict[str, int], list[str]]:
    """Run the nights with so many kills each; gives the moves, how often each mail arrived, and Slack's messages."""
    chance = random.Random(11)
    with Newsroom(HARBOUR, now=evening(DAYS[0])) as room, MailServer() as mail, SlackServer() as slack:
        town = Town(room, move_in(folder, room))
        set_up(town, mail, slack)
        for day in DAYS:
            room.set_now(evening(day))
            for _ in range(kills.get(day, 0)):
                running = town.house.start("night", *words, "--force", "--as-of", day)
                time.sleep(chance.uniform(0.5, longest_s))
                town.house.kill(running, signal.SIGKILL)
            town.night(day, expect=None)
        town.house.run("deliver", "--as-of", "2026-10-08T12:00:00Z", expect=None)
        moves = [move["value"] for move in town.house.run("moves", "--json").json if move["disposition"] == "raised"]
        return sorted(moves), dict(message_ids(mail)), told_by_slack(slack)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, int], list[str]]:
    return nights(tmp_path_factory.mktemp("calm"), {}, (), 0)


def check(wild: tuple[list[str], dict[str, int], list[str]], calm: tuple[list[str], dict[str, int], list[str]]) -> None:
    moves, mails, slack = wild
    assert moves == calm[0]
    assert len(mails) == len(calm[1])
    # A kill between an acknowledgement and its record may repeat a message: a mail under the same Message-ID, a Slack message marked.
    unmarked = [text for text in slack if "possible repeat of" not in text]
    assert len(unmarked) <= len(calm[2]) <= len(slack)


@pytest.mark.slow
def test_twenty_kills_of_the_plain_composition(tmp_path: Path, calm: tuple[list[str], dict[str, int], list[str]]) -> None:
    check(nights(tmp_path, {DAYS[0]: 4, DAYS[1]: 8, DAYS[2]: 8}, ("--plain",), 7.0), calm)


@pytest.mark.slow
@pytest.mark.prefect
def test_two_kills_through_prefect(tmp_path: Path, calm: tuple[list[str], dict[str, int], list[str]]) -> None:
    check(nights(tmp_path, {DAYS[1]: 2}, (), 30.0), calm)
