"""A draining process is killed at random moments and restarted until quiet (cases 86, 96; I4, I5).

Nothing is lost. Slack as an app repeats nothing; mail and webhooks repeat only what a kill or a lost answer left open, and mark it.
"""

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
from dataclasses import replace
from email.header import decode_header, make_header
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from alerts.addressing import delivery_of
from alerts.model import Alert
from standins.any_hook import AnyHook
from standins.mail_and_slack import MailServer, SlackServer
from standins.slack_api import SlackApi

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("drain_child.py")
NUMBER = re.compile(r"rule (\d+)")


def child_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("drain_child", CHILD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_child(arguments: list[str], kill_after: float | None) -> bool:
    """Run the child once; kill it after so many seconds of draining; True when the kill came before its end."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    with subprocess.Popen([sys.executable, str(CHILD), *arguments], stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout
        assert child.stdout.readline() == "draining\n"
        if kill_after is not None:
            time.sleep(kill_after)
            child.kill()
        code = child.wait(600)
    assert code in {0, -9}
    return code == -9


def story(alert: Callable[..., Alert], number: int, matters: int) -> Alert:
    """The alert of a number: the first ones open a matter each, the others follow them up."""
    made = alert(number, matter_id=f"matter-{number % matters}", purpose="new" if number <= matters else "update")
    return replace(made, lines=tuple(replace(line, matter_id=made.matter_id) for line in made.lines))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "count", "wanted"), [(1, 24, 10), (2, 300, 15)])
def test_killed_and_restarted_until_quiet(seed: int, count: int, wanted: int, tmp_path: Path, alert: Callable[..., Alert]) -> None:
    dice, faults, module = random.Random(seed), Counter[str](), child_module()

    def plan(name: str, choices: list[str]) -> Callable[[], str]:
        own = random.Random(f"{seed} {name}")  # each server has its own dice: its faults do not depend on another's thread

        def turn() -> str:
            fault = own.choice(choices) if own.random() < 0.12 else "ok"
            faults[f"{name} {fault}"] += 1
            return fault

        return turn

    broken = ["500", "503", "retry", "302", "lost", "cut"]
    api = SlackApi(
        plan("app", [*broken, "hang", "stall", "ratelimited", "team_added_to_org", "fatal_error", "stored:internal_error"]),
        plan("look-up", ["500", "retry", "cut", "internal_error"]),
    )
    mail, slack = MailServer(plan("mail", ["451", "data451", "lost", "cut"])), SlackServer(plan("slack", [*broken, "no"]))
    with mail, slack, api, AnyHook(plan("hook", broken)) as hook:
        box = module.DiskOutbox(tmp_path / "outbox.db")
        alerts = [story(alert, number, count // 3) for number in range(1, count + 1)]
        people = module.recipients(slack.url, hook.url)
        with box.window() as window:
            window.fill([delivery_of(a, person) for a in alerts for person in people])
        kills, pace = 0, 0.3  # seconds until a kill, on average; a child that was too quick for it makes the next kill come sooner
        for minute in range(0, 46 * 60, 40):  # within the 48 hours after which the rest would be told elsewhere
            api.at = int(module.START.timestamp()) + minute * 60
            arguments = [str(tmp_path), str(mail.port), slack.url, api.url, hook.url, str(minute)]
            killed = run_child(arguments, dice.expovariate(1.0 / pace) if kills < wanted else None)
            kills, pace = kills + killed, pace if killed else pace * 0.6
            with box.window() as window:
                if window.open_count() == 0:
                    break
        subjects = [str(make_header(decode_header(m["Subject"]))) for m in mail.mails]
        mail_ids = [m["Message-ID"] for m in mail.mails]
        posts = [json.dumps(m) for m in slack.accepted]
        hooked = [json.loads(body) for _, body in hook.accepted]
    # Slack as an app: each alert once, none marked, one thread per matter.
    assert Counter(number_of(m["text"]) for m in api.messages) == Counter(range(1, count + 1))
    assert "possible repeat" not in json.dumps(api.messages)
    assert len(api.heads()) == count // 3
    check_promise(subjects, count, kills + faults["mail lost"])
    check_promise(posts, count, kills + faults["slack lost"])
    check_promise([h["title"] for h in hooked], count, kills + faults["hook lost"])
    assert len(set(mail_ids)) == count  # a repeated mail has the Message-ID of the first
    assert len({h["id"] for h in hooked}) == count
    assert_journal(tmp_path / "sent.jsonl", 4 * count)
    assert kills >= wanted // 2, "the child was too quick to be killed: nothing was tried"
    wrong = sum(n for name, n in faults.items() if not name.endswith(" ok"))
    repeats = {"mail": len(subjects) - count, "Slack webhook": len(posts) - count, "signed webhook": len(hooked) - count, "Slack app": 0}
    print(f"{count} alerts on 4 channels: {kills} kills, {wrong} faults, repeats: {repeats}")


def number_of(text: str) -> int:
    return int(NUMBER.findall(text)[0])


def check_promise(texts: list[str], count: int, unsure: int) -> None:
    numbers = [number_of(t) for t in texts]
    assert set(numbers) == set(range(1, count + 1)), "lost"
    unmarked = Counter(n for n, t in zip(numbers, texts, strict=True) if "possible repeat" not in t)
    assert max(unmarked.values()) == 1, "an unmarked repeat"
    assert len(numbers) - count <= unsure, "a repeat without a lost answer or a kill"


def assert_journal(path: Path, deliveries: int) -> None:
    lines: list[dict[str, Any]] = [json.loads(x) for x in path.read_text().splitlines() if x.endswith("}")]
    assert len({x["delivery_id"] for x in lines}) == len(lines) == deliveries
