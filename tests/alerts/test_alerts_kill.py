"""A draining process is killed at random moments and restarted until quiet: nothing lost, every repeat marked (cases 86, 96; I4, I5)."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from email.header import decode_header, make_header
from pathlib import Path
from types import ModuleType

import pytest

from alerts.model import Delivery, Recipient
from standins.mail_and_slack import MailServer, SlackServer

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("drain_child.py")
COUNT, KILLS = 25, 10
NUMBER = re.compile(r"rule (\d+)")


def child_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("drain_child", CHILD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_child(folder: Path, smtp: int, slack: str, hour: int, kill_after: float | None) -> bool:
    """Run the child once; kill it after so many seconds of draining; True when the kill came before its end."""
    command = [sys.executable, str(CHILD), str(folder), str(smtp), slack, str(hour)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout
        assert child.stdout.readline() == "draining\n"
        if kill_after is not None:
            time.sleep(kill_after)
            child.kill()
        code = child.wait(60)
    assert code in {0, -9}
    return code == -9


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_and_restarted_until_quiet(seed: int, tmp_path: Path, waiting: Callable[[Recipient, int], list[Delivery]]) -> None:
    dice, faults, module = random.Random(seed), Counter[str](), child_module()
    # Each server has its own dice: its faults do not depend on the other's thread.
    mail_dice, slack_dice = random.Random(seed + 100), random.Random(seed + 200)

    def plan(own: random.Random, choices: list[str]) -> Callable[[], str]:
        def turn() -> str:
            fault = own.choice(choices) if own.random() < 0.15 else "ok"
            faults[fault] += 1
            return fault

        return turn

    mail = MailServer(plan(mail_dice, ["451", "data451", "lost", "cut"]))
    slack = SlackServer(plan(slack_dice, ["500", "503", "lost", "cut", "retry"]))
    with mail, slack:
        ana, room = module.recipients(slack.url)
        box = module.DiskOutbox(tmp_path / "outbox.db")
        with box.window() as window:
            window.fill([*waiting(ana, COUNT), *waiting(room, COUNT)])
        kills, hour = 0, 0
        for hour in range(0, 7 * 200, 7):
            kills += run_child(tmp_path, mail.port, slack.url, hour, dice.uniform(0.0, 0.25) if kills < KILLS else None)
            with box.window() as window:
                if window.open_count() == 0:
                    break
        subjects = [str(make_header(decode_header(m["Subject"]))) for m in mail.mails]
        message_ids = {int(NUMBER.findall(s)[0]): m["Message-ID"] for s, m in zip(subjects, mail.mails, strict=True)}
        repeated_ids = [m["Message-ID"] for m in mail.mails]
        posts = [json.dumps(m) for m in slack.accepted]
    for texts in (subjects, posts):
        check_promise(texts, kills + faults["lost"])
    assert set(repeated_ids) == set(message_ids.values())  # a repeated mail has the Message-ID of the first
    lines = [json.loads(x) for x in (tmp_path / "sent.jsonl").read_text().splitlines() if x.endswith("}")]
    assert len({x["delivery_id"] for x in lines}) == len(lines) == 2 * COUNT
    assert kills >= 3, "the child was too quick to be killed: nothing was tried"


def check_promise(texts: list[str], unsure: int) -> None:
    numbers = [int(NUMBER.findall(t)[0]) for t in texts]
    assert set(numbers) == set(range(1, COUNT + 1)), "lost"
    unmarked = Counter(n for n, t in zip(numbers, texts, strict=True) if "possible repeat" not in t)
    assert max(unmarked.values()) == 1, "an unmarked repeat"
    assert len(numbers) - COUNT <= unsure, "a repeat without a lost answer or a kill"
