"""A text's fingerprint: enough to recognise copies, rewrites and stories while the text itself stays out.

Shingles are a scaled MinHash sample (FracMinHash, Irber et al. 2022), terms a sublinear TF-IDF vector. SCHEME names the whole recipe: any
change that alters one byte of a sketch needs a new name, because sketches of different schemes are never compared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from topics.figures import read_figures
from topics.model import Sketch
from topics.terms import idf, terms_of
from topics.words import CAPITALISED, HAN, QUOTED_TITLE, STOP, fold, is_chinese, sentences, stem, tokens

SCHEME = "tw-sketch-2"
SMALL = 64  # shingles; a shorter text keeps all of them, so that a headline can be compared too
SAMPLE_BELOW = 1 << 63  # longer texts keep the half of the hashes below this
BANDS = 16
MAX_TERMS = 320
TITLE_WEIGHT, LEAD_WEIGHT = 2, 1  # extra counts of a term in the title and in the first LEAD_TOKENS tokens of the body
LEAD_TOKENS = 60
WORD_RUN, HAN_RUN = 3, 5  # shingle length in words, in Chinese characters

# The two lowest bits of a hash say what it is: of a term (terms.terms_of), of a number (figures.Figures).
STEM, IDEA, HAN_PAIR = 0, 1, 2
FIGURE, DAY, YEAR, WEAK = 0, 1, 2, 3


def sketch(title: str, body: str, lang: str, names: Collection[str] = ()) -> Sketch:
    """Sketch one text; names are the canonical ids of the entities that a reader found in it (sorted or not, they are hashed as a set).

    Deterministic to the byte: it depends on neither PYTHONHASHSEED, locale nor platform. Never raises for odd text.
    """
    head, text = fold(title), fold(body)
    chinese = lang.startswith("zh") or is_chinese(head + text)
    shingles = shingle_hashes(tokens(f"{head} . {text}"), chinese)
    sample = _sample(shingles)
    return Sketch(
        scheme=SCHEME,
        shingles=tuple(sample.tolist()),
        bands=tuple(sample[:BANDS].tolist()),
        terms=_terms(tokens(head), tokens(text)),
        names=tuple(sorted(name_hashes(text, names))),
        numbers=tuple(sorted(number_hashes(f"{head} ; {text}"))),
        length=len(shingles),
    )


@lru_cache(maxsize=262144)
def hash64(text: str) -> int:
    """64 bits of blake2b over the UTF-8 bytes."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def tagged(text: str, tag: int) -> int:
    """A 64-bit hash whose two lowest bits are the tag."""
    return (hash64(text) & ~3) | tag


def tag_of(value: int) -> int:
    """The tag of a tagged hash."""
    return value & 3


def shingle_hashes(words: list[str], chinese: bool) -> NDArray[np.uint64]:
    """Distinct shingle hashes, ascending."""
    pieces: list[str] = []
    for word in words:
        pieces.extend(word) if HAN.match(word) else pieces.append(word)
    run = min(HAN_RUN if chinese else WORD_RUN, len(pieces))
    if run == 0:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter((hash64(piece) for piece in pieces), dtype=np.uint64, count=len(pieces))
    count = len(pieces) - run + 1
    mixed = np.zeros(count, dtype=np.uint64)
    for offset in range(run):
        mixed = _mix(mixed + hashes[offset : offset + count])
    return np.unique(mixed)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele et al. 2014), element by element."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _sample(shingles: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return shingles if len(shingles) <= SMALL else shingles[shingles < np.uint64(SAMPLE_BELOW)]


def _terms(title: list[str], body: list[str]) -> tuple[tuple[int, float], ...]:
    counts: Counter[str] = Counter()
    for words, weight in ((title, 1 + TITLE_WEIGHT), (body, 1), (body[:LEAD_TOKENS], LEAD_WEIGHT)):
        for term in terms_of(words):
            counts[term] += weight
    weighed = sorted(((1.0 + math.log(n)) * idf(term), term) for term, n in counts.items())[-MAX_TERMS:]
    norm = math.sqrt(sum(weight * weight for weight, _ in weighed)) or 1.0
    return tuple(sorted((term_hash(term), round(weight / norm, 6)) for weight, term in weighed))


@lru_cache(maxsize=131072)
def term_hash(term: str) -> int:
    """The hash of a term, tagged as an idea, a Chinese pair or a plain stem."""
    return tagged(f"t:{term}", IDEA if term.startswith("c:") else HAN_PAIR if HAN.match(term) else STEM)


def number_hashes(folded: str) -> set[int]:
    """The figures, days and years of a folded text as tagged hashes; the same figure has the same hash but for its tag."""
    figures = read_figures(folded)
    found = {tagged(f"n:{v}", FIGURE) for v in figures.values} | {tagged(f"n:{v}", WEAK) for v in figures.weak}
    return found | {tagged(f"d:{d}", DAY) for d in figures.days} | {tagged(f"y:{y}", YEAR) for y in figures.years}


def name_hashes(text: str, names: Collection[str] = ()) -> set[int]:
    """Entity ids, 《》 titles, and words with a capital that opens no sentence; headlines capitalise freely and stay out."""
    found = {hash64(f"e:{name}") for name in names}
    found |= {hash64(f"w:{title}") for title in QUOTED_TITLE.findall(text)}
    for sentence in sentences(text):
        first = True
        for match in CAPITALISED.finditer(sentence):
            opening = first and not sentence[: match.start()].strip(" \"'([*-•#>")
            first = False
            if not opening and match[0].lower() not in STOP:
                found.add(hash64(f"w:{stem(match[0].lower())}"))
    return found
