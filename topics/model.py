"""What topics reads and decides: catalogue, sketches, claims, the ledger, verdicts, moves. Values only; no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from extractors.model import Article

Kind = Literal["proposed", "adopted", "in_force", "extended", "eased", "enforced", "company_action", "signalled", "surge"]
Severity = Literal["alert", "watch"]
Modality = Literal[
    "new", "retold", "expected", "rumour", "call", "hypothetical", "denied", "failed", "history", "opinion",
    "explainer", "market", "correction", "other_field", "other_place", "off_topic",
]  # fmt: skip
Outcome = Literal[
    "off_topic", "near_duplicate", "rewrite", "restates_known", "follow_up", "background", "no_move", "move", "too_thin",
]  # fmt: skip
MoveDisposition = Literal["raised", "watch", "learnt", "backfilled", "late"]
Mode = Literal["night", "backfill", "learn", "reread"]
Baseline = Literal["none", "seeds", "all"]

ALERT_KINDS: tuple[Kind, ...] = ("proposed", "adopted", "in_force", "extended", "eased", "enforced", "company_action")


def severity_of(kind: Kind) -> Severity:
    """The severity that a kind carries by definition (DESIGN.md, what a move is)."""
    return "alert" if kind in ALERT_KINDS else "watch"


# ---------------------------------------------------------------- catalogue (seeds/*.toml as values)


@dataclass(frozen=True, slots=True)
class Topic:
    """A watched topic, as seeds/topics.toml defines it."""

    topic_id: str
    name_en: str
    name_zh: str
    about: str
    terms_en: tuple[str, ...] = ()
    terms_zh: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()  # sentences that look like the topic and are none
    issuers: tuple[str, ...] = ()  # sides that act on it: us | cn | al (any other); () = anybody
    needs: tuple[str, ...] = ()  # anchors (anchors.py) that a short item must name to tell a step on it; () = none in particular


@dataclass(frozen=True, slots=True)
class Entity:
    """One real thing under all its names in both scripts."""

    entity_id: str
    kind: str  # company | agency | model | chip | list | state | ...
    country: str
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A dated step of a real measure, with its source and how sure it is."""

    kind: Kind
    on: date
    what: str
    source: str = ""
    sure: str = ""  # verified | confident | unsure


@dataclass(frozen=True, slots=True)
class Measure:
    """One matter of seeds/matters.toml: a real measure with its names, numbers, targets and dated steps."""

    matter_id: str
    topics: tuple[str, ...]
    jurisdiction: str
    actor: str
    name_en: str
    name_zh: str
    aliases: tuple[str, ...]  # both languages
    keys: tuple[tuple[str, str], ...]  # (scheme, value)
    targets: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of seeds/ that reading needs, as one value."""

    topics: tuple[Topic, ...]
    entities: tuple[Entity, ...]
    measures: tuple[Measure, ...]
    digest: str  # h over the files it came from


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text's fingerprint, enough to recognise copies and rewrites while the text stays out."""

    scheme: str
    shingles: tuple[int, ...]  # sorted scaled-MinHash sample of 64-bit shingle hashes
    bands: tuple[int, ...]  # candidate keys: two near-duplicates share at least one
    terms: tuple[tuple[int, float], ...]  # sorted (hashed stem, weight), L2-normalised
    names: tuple[int, ...]  # sorted hashed names (entities after aliases, else capitalised runs)
    numbers: tuple[int, ...]  # sorted hashed numbers (normalised)
    length: int = 0  # shingles before sampling


@dataclass(frozen=True, slots=True)
class Claim:
    """One structured statement of a sentence; quote is a verbatim substring of the title or body."""

    claim_id: str  # h(origin, origin_id, rev, topic, kind, quote_start)
    origin: Literal["article", "seed", "catalogue"]
    origin_id: str
    rev: int
    topic: str
    kind: Kind
    actor: str  # entity id, or a plain name, or ''
    measure: str  # matter id of the catalogue when named, else the measure's own words, or ''
    targets: tuple[str, ...]  # entity ids or plain names
    numbers: tuple[str, ...]  # normalised: '5 MW', '38000000 USD', '12%'
    dates: tuple[str, ...]  # ISO days named in the sentence, resolved against the publication day
    modality: Modality
    tense: Literal["past", "present", "future", ""]
    quote: str
    quote_start: int  # offset in title + '\n\n' + body
    official_ids: tuple[str, ...] = ()
    matter_keys: tuple[tuple[str, str], ...] = ()  # (scheme, value) named in or about the sentence
    score: float = 1.0  # the reader's probability that this states a step, new to the world on the article's day
    topic_score: float = 1.0
    position: int = 0  # passage index; 0 = title and lead
    reader: str = ""
    reader_version: str = ""
    ledger_id: str = ""  # the step that the decision found this claim to tell; '' when none


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in one article revision."""

    article: Article
    topics: tuple[tuple[str, float], ...]  # (topic, probability), best first, only those that are worth a thought
    claims: tuple[Claim, ...]  # best first
    sketch: Sketch
    language: str
    route: Literal["article", "official", "brief"] = "article"
    reader_version: str = ""
    notes: tuple[str, ...] = ()  # named reasons of the reader, e.g. why an official document is routine

    @property
    def key(self) -> tuple[str, int]:
        """The revision that was read: article_id, rev."""
        return self.article.article_id, self.article.rev

    def above(self, floor: float) -> tuple[str, ...]:
        """The topics with at least this probability, best first."""
        return tuple(topic for topic, probability in self.topics if probability >= floor)


@dataclass(frozen=True, slots=True)
class Request:
    """A question that a reader would like answered from outside (a model); the built-in reader asks none."""

    key: str
    prompt: str


class Reader(Protocol):
    """Turns an article into a Reading; pure."""

    @property
    def version(self) -> str:
        """Name and version, stored with every claim."""

    def requests(self, article: Article, catalogue: Catalogue) -> tuple[Request, ...]:
        """Ask what the reader needs answered from outside before it can read."""

    def read(self, article: Article, catalogue: Catalogue, answers: dict[str, str]) -> Reading:
        """Read one article."""


# ---------------------------------------------------------------- what is known


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """An article or seed that was read before: its sketch, and where it stood."""

    doc_id: str  # article_id or seed_id
    rev: int
    origin: Literal["article", "seed"]
    publisher: str
    family: str
    night: date | None  # the day of its telling, never after the night that decided it; None: before every night
    topics: tuple[str, ...]
    story_id: str
    sketch: Sketch
    title: str = ""
    official: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """One measure followed over time."""

    matter_id: str
    name_en: str
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class MatterKey:
    """A name or number by which a matter is met again."""

    scheme: str  # fr_doc | docket | rin | bill | cfr+action | eo | cn_notice | case | name
    value: str
    matter_id: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One step that a matter has reached."""

    ledger_id: str  # h(matter_id, topic, kind, value)
    matter_id: str
    topic: str
    kind: Kind
    value: str  # what is new, normalised
    targets: tuple[str, ...]
    applies_on: date | None
    support: str  # official | press:N | seed
    claim_id: str
    night: date


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """What happened to a ledger row later; a row of its own, never an update."""

    ledger_id: str
    what: Literal["retracted", "superseded", "confirmed", "corrected"]  # corrected: a teller took it back, the step stands
    by: str  # claim id, 'article_id:rev' of a corrected text, or 'person:NAME'
    reason: str


PERSON = "person:"


def by_person(change: LedgerChange) -> bool:
    """True when a person made the change, and no text."""
    return change.by.startswith(PERSON)


@dataclass(frozen=True, slots=True)
class Known:
    """A plain slice of what is known, as of one view: enough to decide one night. Everything sorted by id."""

    documents: tuple[KnownDocument, ...] = ()
    claims: tuple[Claim, ...] = ()  # claims behind the ledger rows, seeds' claims, and recent on-topic claims
    ledger: tuple[LedgerRow, ...] = ()
    changes: tuple[LedgerChange, ...] = ()
    matters: tuple[Matter, ...] = ()
    keys: tuple[MatterKey, ...] = ()
    move_ids: frozenset[str] = frozenset()  # every move that was ever raised, learnt or backfilled
    coverage: tuple[tuple[str, date, int], ...] = ()  # (topic, night, independent publishers)
    outlets: tuple[tuple[str, int, int], ...] = ()  # (publisher, texts of its own on a topic, texts that were rewrites), ever
    former: tuple[tuple[str, str], ...] = ()  # (article_id, title and body as decided before) of each article that is revised tonight
    nights: tuple[date, ...] = ()  # the last nights on which anything was heard, at least surge_window of them
    unarmed_sources: frozenset[str] = frozenset()
    unarmed_topics: frozenset[str] = frozenset()

    def retracted(self, *, by_hand: bool = False) -> frozenset[str]:
        """The ledger ids of the steps that were taken back; by_hand: by a person only."""
        return frozenset(c.ledger_id for c in self.changes if c.what == "retracted" and (by_person(c) or not by_hand))


@dataclass(frozen=True, slots=True)
class ToldWords:
    """The words, names and keys of one claim of tonight, by which it asks for old steps of a long ledger."""

    topic: str
    kind: Kind
    words: frozenset[str]
    keys: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Probes:
    """What a night's readings ask of storage."""

    bands: frozenset[int]
    topics: frozenset[str]
    keys: frozenset[tuple[str, str]]
    since: date  # documents and claims older than this are not needed unless they share a band or a key
    sources: frozenset[str] = frozenset()  # one that the view has not heard of is in its learning phase
    publishers: frozenset[str] = frozenset()  # whose past is asked for
    told: tuple[ToldWords, ...] = ()  # of the claims that may tell a step
    revised: tuple[tuple[str, int], ...] = ()  # (article_id, rev) of texts that are not the first of their article


@dataclass(frozen=True, slots=True)
class NightContext:
    """Which night is decided, by which run, in which mode."""

    night: date
    run_seq: int
    mode: Mode = "night"


# ---------------------------------------------------------------- what is decided


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one decision about one revision in one run, with its reasons."""

    article_id: str
    rev: int
    outcome: Outcome
    covers_id: str  # article, seed, ledger or move id that covers it; '' when nothing does
    story_id: str
    topics: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One article that tells a move, with its quote."""

    article_id: str
    rev: int
    claim_id: str
    quote: str
    publisher: str
    url: str
    independent: bool
    official: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A dated change in the state of the world on a topic that the ledger did not hold."""

    move_id: str  # h(topic, matter_id, kind, value)
    topic: str
    matter_id: str
    kind: Kind
    severity: Severity
    ledger_id: str
    before_id: str  # ledger id of the step it changes; '' when none is known
    before: str  # the known step in words, '' when none
    value: str
    confidence: float
    headline: str
    evidence: tuple[Evidence, ...]
    disposition: MoveDisposition
    night: date


@dataclass(frozen=True, slots=True)
class NightResult:
    """All that a night decided; the body of write window W2."""

    context: NightContext
    verdicts: tuple[Verdict, ...]
    claims: tuple[Claim, ...]
    matters: tuple[Matter, ...]  # newly minted
    keys: tuple[MatterKey, ...]  # newly learnt
    ledger: tuple[LedgerRow, ...]
    changes: tuple[LedgerChange, ...]
    moves: tuple[Move, ...]
    confirmations: tuple[tuple[str, str], ...] = ()  # (move or ledger id, claim id of the official text)
