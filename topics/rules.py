"""The thresholds and weights by which claims become steps and moves, in one value.

Copies, rewrites and stories have their own beside their code (CopyRules, RewriteRules, StoryRules), and so has the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Literal

from extractors.model import h

Combination = Literal["noisy_or", "mean_best_3", "best"]
TOPIC_FLOOR = 0.3  # probability from which an article counts as on a topic
TOPIC_HEARD = 0.05  # from which a reading names it, since the story may speak for it

# How much each named likeness says that two claims tell one step (log-odds), rounded by hand from a logistic fit over 656 pairs of claims
# of one topic and kind in six labelled streams (451 the same step). With perfect claims the ledger then raises 97 right of 97, 97 of 97 on
# their night, on the five self-written streams, unchanged for a bias from -3.6 to -3.0; the parts, these weights and the other thresholds
# were chosen with sight of those streams. With the fitted weights of each stream taken from the others: 97 of 100 and 97 of 97, and on
# press-dev 9 of 9 and 9 of 11 (tests/gate/perfect_claims.py).
SAME_STEP_WEIGHTS = MappingProxyType(
    {
        "quote_words": 2.5,  # share of the quote's word weight that stands in the step's quotes and titles
        "shared_words": 3.5,  # the best single telling: shared word weight over the smaller one
        "names": 1.2,  # weight of shared names over the smaller set
        "subjects": 1.0,  # the same for companies, products, models
        "other_subjects": -1.0,  # both name companies, none in common
        "other_place": -4.0,  # quotes or titles of both name jurisdictions, none in common: Italy's ban is not Australia's
        "no_name": -0.7,  # both name at least two things, none in common
        "figures": 0.7,
        "told_day": 2.0,  # names the day on which the step was told
        "told_span": 1.0,  # names a month or a week that holds that day
        "other_day": 0.9,  # shares another exact day (a deadline, a hearing)
        "fresh_day": -1.5,  # says it happened today or yesterday, while the step is older
        "text": 1.2,  # likeness of the whole texts (cosine of the sketches)
        "text_names": 2.0,
        "text_figures": 2.0,
        "story": 1.0,
        "number": 3.0,  # an official number in common
        "measure": 1.5,  # the same measure by name
        "told_yesterday": 1.7,  # last told at most one day ago
        "told_this_week": 1.3,
        "other_language": 0.8,  # words of two scripts share little
        "undated_old": -1.0,  # the step is old and the claim names no past day
        "other_text": -1.2,  # one language and next to no words in common, in the sentences and in the texts
        "round_up": 2.5,  # the article goes through several known steps and this claim names no fresh day; half for one
    }
)


@dataclass(frozen=True, slots=True)
class Rules:
    """All thresholds; scores are probabilities, times are days unless named otherwise."""

    # Which claims count, and when their group is told at once.
    alert_threshold: float = 0.6
    watch_threshold: float = 0.3
    brief_alert: float = 0.6  # the same for short items alone, of which hundreds come a real night; what they must name is asked before
    brief_watch: float = 0.45  # of 56 short items that were only watched below it, on 23 streams and real press, one told a move
    judged_alert: float = 0.33  # the same for the judge's probability that a group of full articles is a new move
    judged_watch: float = 0.17
    judged_over: float = 0.9  # from which the judge is believed against a known step that looks like the group
    claim_floor: float = 0.15  # weaker claims are not grouped at all
    one_step_a_story: bool = True  # new steps of one topic and story (or article) on one night are one move
    topic_margin: tuple[tuple[str, float], ...] = ()  # (topic, what is added to both thresholds)
    # What an article is about (story_topics.py).
    topic_floor: float = TOPIC_FLOOR  # of its likeliest topic
    further_floor: float = 0.5  # of its others
    story_pull: float = 0.5  # how far the texts of its story pull, when they are many; half as far when they are story_texts
    story_texts: float = 2.0
    story_log_odds: float = 2.0  # for a topic that all of them are on; as much against one that none is on
    combination: Combination = "noisy_or"
    advance_margin: float = 0.2  # a later stage told within advance_days of the last one needs this much more
    advance_days: int = 3
    second_alert: float = 0.9  # what a move needs whose articles tell a surer move of another topic
    second_topic: float = 0.9  # unless one of its sentences is on its topic with this probability
    # What a move by the press needs whose topic a surer or an official one moves that night: 6 of 1,005 labelled moves have such a
    # neighbour, while 16 of 20 groups of full articles and 15 of 16 of short items that were told so were one step told twice.
    again_alert: float = 0.7
    again_judged: float = 0.9
    # FAULTS 71: a stub of a full article (paywall, consent page, a page that could not be read) supports a move and never alerts alone.
    # An item that is short by nature is whole, its text_kind is 'full'.
    thin_alone: bool = False
    # When two claims tell the same step.
    same_step: float = 0.0
    same_step_bias: float = -3.3
    same_step_weights: MappingProxyType[str, float] = field(default_factory=lambda: SAME_STEP_WEIGHTS)
    same_matter: float = 0.0  # the score without its timing parts, from which two steps belong to one measure
    other_verb: float = 1.5  # the same, from which kinds that readers confuse tell one step, within other_verb_days
    other_verb_days: int = 3
    # Two claims of one night, topic and kind, both likely from here, need this much less when one is of a short item: of 3,153 pairs of
    # move articles of one topic, kind and night in 69 labelled streams all but 10 tell one step. Full articles say enough themselves.
    brief_tonight: float = 1.0
    brief_from: float = 0.5
    any_verb: float = 2.5  # the same for two claims of one night, whatever their kinds
    stage_days: int = 45  # an earlier stage told this long after a later one is told again; later than that it is a new round
    cross_topic: float = 3.0  # a step known under a neighbouring topic covers from here
    vague_margin: float = 0.5  # a seed's claim covers only with this much more
    young_days: int = 21  # a step that was first told longer ago is not "just told", however often it is mentioned
    old_days: int = 14  # a step first told longer ago is old
    round_up_known: int = 2  # other known steps in an article that make it a round-up in full
    cover_share: float = 0.5  # of a group's texts, how many a known step must cover (or a shared official number)
    withdrawn_days: int = 180  # so long a step that a person took back is not told again by the press; an official text may at once
    official_confirm_days: int = 30  # an official text later than this is an act of its own
    # A watched step that gathers evidence within these nights is raised after all.
    upgrade_nights: int = 3
    # Late and learnt (SCHEMA.md, As of).
    late_days: int = 3
    learnt_days: int = 14
    unarmed_official_hours: int = 48
    # Surge: independent publishers on one topic in one night, against the usual.
    surge_publishers: int = 5
    surge_story: int = 3  # of them tell one happening
    surge_topic_floor: float = 0.45  # of the texts outside that story
    surge_usual: int = 1  # three nights in four of the window had no more
    surge_window: int = 21  # nights that were heard
    surge_history: int = 5  # nights to be heard before anything can be called unusual
    surge_rest: int = 7  # nights in which coverage may still be the echo of a surge on the topic, or of a step of the story
    # Probes: how far back documents and claims are asked for.
    memory_days: int = 45
    # Quotes shown.
    headline_chars: int = 160
    quote_chars: int = 300

    @property
    def digest(self) -> str:
        """A hash over every value, stored with each run."""
        return h("rules", *(f"{f.name}={_plain(getattr(self, f.name))}" for f in fields(self)))

    def margin(self, topic: str) -> float:
        """What is added to the thresholds of one topic."""
        return dict(self.topic_margin).get(topic, 0.0)


def _plain(value: object) -> str:
    return repr(sorted(value.items())) if isinstance(value, MappingProxyType) else repr(value)


DEFAULT_RULES = Rules()
