"""Two plain SVG plots: lines over a logarithmic axis, and a reliability diagram."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 400, 70, 40, 150, 50
COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#8d5a97", "#b08900", "#444444", "#2a9d8f")
Point = tuple[float, float]


def lines(title: str, x_name: str, y_name: str, series: Mapping[str, Sequence[Point]]) -> str:
    """Named series over a logarithmic x axis; y starts at 0."""
    xs = [math.log10(x) for points in series.values() for x, _ in points]
    top = max((y for points in series.values() for _, y in points), default=1.0) * 1.1 or 1.0
    low, high = min(xs), max(*xs, min(xs) + 0.1)
    parts = [_frame(title, x_name, y_name, [(n / 4, f"{top * n / 4:.3g}") for n in range(5)])]
    marks = sorted({round(x, 6) for x in xs})
    parts += [_text(_x((x - low) / (high - low)), HEIGHT - BOTTOM + 18, f"{10**x:,.0f}", "middle") for x in marks]
    for number, (name, points) in enumerate(series.items()):
        placed = [(_x((math.log10(x) - low) / (high - low)), _y(y / top)) for x, y in points]
        parts.append(_line(placed, COLOURS[number % len(COLOURS)]))
        parts.append(_text(WIDTH - RIGHT + 12, TOP + 16 * number + 8, name, "start", COLOURS[number % len(COLOURS)]))
    return _svg(parts)


def diagram(title: str, points: Sequence[tuple[float, float, int]]) -> str:
    """Confidence against share right, each point with the number of moves behind it; the dashes are what would be right."""
    parts = [_frame(title, "confidence", "share right", [(n / 4, f"{n / 4:.2f}") for n in range(5)])]
    parts += [_text(_x(n / 4), HEIGHT - BOTTOM + 18, f"{n / 4:.2f}", "middle") for n in range(5)]
    parts.append(f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>')
    placed = [(_x(x), _y(y)) for x, y, _ in points]
    parts.append(_line(placed, COLOURS[0]))
    parts += [_text(x + 6, y - 6, str(count), "start") for (x, y), (_, _, count) in zip(placed, points, strict=True)]
    return _svg(parts)


def _frame(title: str, x_name: str, y_name: str, marks: Sequence[tuple[float, str]]) -> str:
    box = f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}" fill="none" stroke="#333"/>'
    rows = "".join(_text(LEFT - 6, _y(place) + 4, mark, "end") for place, mark in marks)
    names = _text(_x(0.5), HEIGHT - 12, x_name, "middle") + _text(8, TOP - 10, y_name, "start")
    return box + rows + names + _text(_x(0.5), 18, title, "middle")


def _line(placed: Sequence[Point], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _svg(parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">'
    return f'{head}<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
