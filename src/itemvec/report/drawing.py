"""What a drawing of quality against size is made of; the template draws it."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 360, 290  # in its own units, about a pixel each on a telephone
LEFT, RIGHT, BOTTOM, HEAD = 46, 14, 44, 22  # margins; the head has the name of the metric
SHAPES = (  # paths of dots: circle, square, triangle, diamond
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "M-3.6-3.6h7.2v7.2h-7.2z",
    "M0-4.8 4.6 3.4h-9.2z",
    "M0-5 5 0 0 5-5 0z",
)


@dataclass(frozen=True)
class Mark:
    """One system on one variant: where it lies, where its interval ends, what it says."""

    x: float
    y: float
    low: float
    high: float
    label: str


@dataclass(frozen=True)
class System:
    """The marks of one system, its colour by number, and the path of its dots."""

    name: str
    colour: int
    shape: str
    marks: list[Mark]


@dataclass(frozen=True)
class Level:
    """A system without vectors: a line across, and its name beside it."""

    name: str
    y: float
    label_y: float
    label: str


@dataclass(frozen=True)
class Name:
    """The name of a variant above its place."""

    x: float
    text_x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """One group of queries: bytes per item from left to right, on a logarithmic scale, the metric upwards."""

    title: str
    metric: str
    top: float
    right: float
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    names: list[Name]
    systems: list[System]
    levels: list[Level]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM
