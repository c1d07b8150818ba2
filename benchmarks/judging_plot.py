"""A drawing of how fast orders of judgments reach the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 56, 48, 16, 150
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b1b1b}.g{stroke:#d5d5d8}.l{fill:none;stroke-width:2.5}"
    ".c0{stroke:#0b6e99}.c1{stroke:#b3400b}.c2{stroke:#3f6b0c}.c3{stroke:#7e22ce}.b{fill:#fff}"
    "@media (prefers-color-scheme:dark){text{fill:#e8e8e8}.g{stroke:#3a3e45}.c0{stroke:#5cc4f0}.c1{stroke:#fb9a5c}"
    ".c2{stroke:#a3d65c}.c3{stroke:#c99bff}.b{fill:#131518}}"
)


def plotted(curves: Mapping[str, Callable[[float], float]], path: Path) -> None:
    """Draw the share of draws that reached the verdict, over the share of the pool that was judged."""
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP
    parts = [f'<rect class="b" width="{WIDTH}" height="{HEIGHT}"/>']
    for tick in range(5):
        share = tick / 4
        x, y = LEFT + across * share, TOP + up * (1 - share)
        parts += [f'<path class="g" d="M{LEFT} {y:.1f}H{LEFT + across}"/>']
        parts += [f'<text x="{LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{share:.0%}</text>']
        parts += [f'<text x="{x:.1f}" y="{HEIGHT - 26}" text-anchor="middle">{share:.0%}</text>']
    parts += [f'<text x="{LEFT + across / 2}" y="{HEIGHT - 6}" text-anchor="middle">of the pool judged</text>']
    ends: list[float] = []
    for place, (name, curve) in enumerate(curves.items()):
        points = [(step / 200, curve(step / 200)) for step in range(201)]
        line = " ".join(f"{LEFT + across * x:.1f},{TOP + up * (1 - y):.1f}" for x, y in points)
        parts += [f'<polyline class="l c{place}" points="{line}"/>']
        end = TOP + up * (1 - points[-1][1])
        while any(abs(end - other) < 18 for other in ends):
            end += 18
        ends.append(end)
        mark = f"M{LEFT + across + 6} {end:.1f}h14"
        parts += [f'<path class="l c{place}" d="{mark}"/>']
        parts += [f'<text x="{LEFT + across + 24}" y="{end + 5:.1f}">{name}</text>']
    title = "Share of draws that reached the verdict of all judgments, over the share of the pool that was judged"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
    path.write_text("\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>"]) + "\n")
