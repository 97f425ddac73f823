"""A real browser without a window: takes screenshots and measures pages. Debian's chromium; `apt-get install chromium` brings it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
MISSING = "no chromium here; `apt-get install chromium` brings it (Debian), then this test runs"
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars",
)  # fmt: skip
WIDTH = re.compile(r'id="(f\d+)"[^>]* data-wide="(\d+)" data-from="([^"]*)"')
FRAME = """<iframe id="f{number}" srcdoc="{page}" style="border:0;width:{width}px;height:900px"></iframe>"""
MEASURE = """<script>
addEventListener("load", () => {{
  for (const frame of document.querySelectorAll("iframe")) {{
    const inside = frame.contentDocument;
    const over = [...inside.querySelectorAll("body *")].filter(x => x.getBoundingClientRect().right > {width} + 0.5);
    frame.removeAttribute("srcdoc");
    frame.dataset.wide = Math.ceil(inside.documentElement.scrollWidth);
    frame.dataset.from = over.map(x => x.tagName).join(" ");
  }}
}});
</script>"""


def screenshot(page: Path, png: Path, profile: Path, *, width: int = 390, height: int = 1200, dark: bool = False) -> bytes:
    """Take a picture of a local page; raises CalledProcessError, TimeoutExpired."""
    scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ("--blink-settings=preferredColorScheme=1",)
    _run([*scheme, f"--window-size={width},{height}", f"--screenshot={png}", page.as_uri()], profile)
    return png.read_bytes()


def overflow(pages: Sequence[str], folder: Path, profile: Path, width: int = 390) -> list[tuple[int, str]]:
    """Lay the pages out in frames of `width` pixels; give how wide each came out, and which elements stick out."""
    escaped = [html.replace("&", "&amp;").replace('"', "&quot;") for html in pages]
    frames = "".join(FRAME.format(number=n, page=page, width=width) for n, page in enumerate(escaped))
    page = folder / "framed.html"
    page.write_text(f'<!doctype html><meta charset="utf-8"><body>{frames}{MEASURE.format(width=width)}', encoding="utf-8")
    found = WIDTH.findall(_run(["--window-size=1000,1000", "--dump-dom", page.as_uri()], profile))
    assert len(found) == len(pages), "not every page was measured"
    return [(int(wide), which) for _, wide, which in found]


def _run(switches: list[str], profile: Path) -> str:
    command = [CHROMIUM, *SWITCHES, f"--user-data-dir={profile}", *switches]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
