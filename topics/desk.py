"""The desk of one night: everything that its claims are decided on, and the comparisons made so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from topics.grouping import Told
from topics.judge import Background, Judge
from topics.ledger import COVERING, Comparison, KnownStep, best, compare
from topics.likeness import out_of_reach
from topics.matters import MatterBook
from topics.model import Kind, Known, NightContext
from topics.profiles import Naming
from topics.reach import Reach
from topics.rules import Rules


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that one night is decided on."""

    context: NightContext
    known: Known
    rules: Rules
    naming: Naming
    steps: tuple[KnownStep, ...]
    book: MatterBook
    behind: Background
    judge: Judge | None = None
    compared: dict[tuple[str, Kind, float], list[Comparison]] = field(default_factory=dict)  # comparisons made so far
    reach: Reach = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reach", Reach([step.telling for step in self.steps], self.naming, self.rules))

    def comparisons(self, told: Told) -> list[Comparison]:
        """The claim against every known step that it could be; those that it cannot be are left out."""
        claim, least = told.profile.claim, min(self.rules.same_step, self.rules.same_matter)
        key = (claim.claim_id, claim.kind, told.round_up)
        if key not in self.compared:
            steps = [self.steps[place] for place in self.reach.near(told.profile, told.round_up)]
            near = [s for s in steps if s.row.topic == claim.topic or (s.row.kind == claim.kind and s.telling.names & told.profile.names)]
            compared = [
                compare(told.profile, step, self.naming, self.rules, round_up=told.round_up)
                for step in near
                if not out_of_reach(told.profile, step.telling, self.naming, self.rules, round_up=told.round_up, least=least)
            ]
            self.compared[key] = [each for each in compared if not each.step.withdrawn or _held_down(told, each)]
        return self.compared[key]

    def cover(self, told: Told) -> Comparison | None:
        """The known step that covers the claim, if one does."""
        return best(self.comparisons(told), COVERING)


def _held_down(told: Told, compared: Comparison) -> bool:
    """Whether a step that a person took back covers a claim: the press that tells it again or the very document, no other official text.

    Nothing goes on from such a step.
    """
    return compared.result == "same_number" or (compared.covers and not told.profile.official)
