"""Write the [sketch] of a dossier from the document's text: python tests/training/make_dossier.py TEXT DOSSIER.

TEXT is a file whose first line that is not empty is the headline; DOSSIER is the hand-written TOML file, whose [sketch]
table (the last one) is replaced. Only hashes are written; the text stays where it is. Run it again whenever sketch.SCHEME or the
entities' names change.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from topics.mentions import Gazetteer
from topics.model import Sketch
from topics.sketch import sketch
from training.labelled import repository_catalogue

ROOT = Path(__file__).resolve().parents[2]
MARK = "# Made by tests/training/make_dossier.py"


def sketch_of(text: str, lang: str, gazetteer: Gazetteer) -> Sketch:
    """The sketch of a document whose first line is its headline."""
    title, _, body = text.strip().partition("\n")
    names = {mention.entity_id for mention in gazetteer.find(text) if mention.entity_id}
    return sketch(title, body, lang, sorted(names))


def as_toml(made: Sketch) -> str:
    """The [sketch] table, eight hashes a line."""
    lines = [f"{MARK} from the document's text; nobody edits it.", "[sketch]", f'scheme = "{made.scheme}"', f"length = {made.length}"]
    for field in ("shingles", "bands", "names", "numbers"):
        lines += _array(field, [f'"{value:016x}"' for value in getattr(made, field)], 8)
    lines += _array("terms", [f'"{key:016x} {weight:g}"' for key, weight in made.terms], 5)
    return "\n".join(lines) + "\n"


def _array(field: str, items: list[str], width: int) -> list[str]:
    rows = [f"  {', '.join(items[i : i + width])}," for i in range(0, len(items), width)]
    return [f"{field} = [", *rows, "]"]


def main() -> None:
    """Replace the [sketch] table of one dossier."""
    text_path, dossier_path = Path(sys.argv[1]), Path(sys.argv[2])
    written = dossier_path.read_text(encoding="utf-8").split(MARK)[0].rstrip()
    made = sketch_of(text_path.read_text(encoding="utf-8"), tomllib.loads(written).get("lang", "en"), Gazetteer(repository_catalogue()))
    dossier_path.write_text(f"{written}\n\n{as_toml(made)}", encoding="utf-8")


if __name__ == "__main__":
    main()
