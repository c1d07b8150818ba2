"""The models that a repository has tried, held against each other on the same queries: which one to use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from itemvec.core.errors import ParamsError, TableError
from itemvec.core.registry import suggest
from itemvec.decision.comparable import incomparable
from itemvec.decision.results import TITLES
from itemvec.decision.revisions import MissingMeasuresError, Revision
from itemvec.decision.values import Values, together
from itemvec.metrics import BestSet, best_set

Cost = tuple[float, float, int, str]
Seconds = Callable[[dict[str, Any]], float | None]


@dataclass(frozen=True)
class Entry:
    """One model: the state of the repository that measured it, and what its encoder costs.

    seconds
        To encode the texts of the state on this machine; None if it has not.
    """

    state: Revision
    seconds: float | None = None

    @property
    def model(self) -> str:
        """Its row of models.yaml."""
        return str(self.state.decision["model"])

    @property
    def facts(self) -> dict[str, Any]:
        """Parameters, licence, tokens and dollars, as far as the state says."""
        found: dict[str, Any] = self.state.decision.get("encoder", {})
        return found

    @property
    def dim(self) -> int:
        """Width of its vectors."""
        return int(self.state.decision["dim"])

    @property
    def cost(self) -> Cost:
        """What decides between models that serve as well: dollars, parameters, dimensions; then the name.

        A model with tokens, whose size nobody states, is not taken for free: it comes after those of known size.
        """
        unknown = inf if self.facts.get("tokens") and self.facts.get("cost") is None else 0
        return self.facts.get("cost") or 0.0, self.facts.get("parameters") or unknown, self.dim, self.model


@dataclass(frozen=True)
class Column:
    """All models in one cell, over the queries of one group; arrays and lists follow the models."""

    task: str
    group: str
    metric: str
    key: str
    means: list[float]
    shown: BestSet
    n_units: int
    tolerance: float

    @property
    def kept(self) -> list[bool]:
        """Which models are shown to lose less than the tolerance against the best."""
        return [bool(low > -self.tolerance * max(self.means)) for low in self.shown.low]

    @property
    def title(self) -> str:
        """Task and group."""
        return TITLES[self.task] if self.task == "recommend" else f"{TITLES[self.task]}, {self.group}"


@dataclass(frozen=True)
class Leaderboard:
    """Models, what was measured of them, and which states were left out and why."""

    entries: list[Entry]
    columns: list[Column] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def choice(self, task: str) -> tuple[list[Entry], Entry | None]:
        """The models that may be the best of every group of a task, the cheapest first; and the one to use.

        It is the rule of the verdict: the cheapest that is shown in every group to lose less than the tolerance, or the
        only one left; None where that is undecided.
        """
        columns = [one for one in self.columns if one.task == task]
        left = [i for i in range(len(self.entries)) if all(one.shown.may_be_best[i] for one in columns)]
        left.sort(key=lambda i: self.entries[i].cost)
        proven = [i for i in left if len(left) == 1 or all(one.kept[i] for one in columns)]
        return [self.entries[i] for i in left], self.entries[proven[0]] if proven else None


def leaderboard(states: list[Revision], wanted: tuple[str, ...] = (), seconds: Seconds = lambda _: None) -> Leaderboard:
    """Compare the models of ``states``, each once, in one cell of each task.

    Parameters
    ----------
    states
        The first one says which data and protocol count. Of two states of one model the earlier in the list counts.
    wanted
        Names of cells, such as ``search/hybrid/full``; by default the first retriever and the first recommender on the
        first variant, which add least to the vectors.
    seconds
        From what a decision says of its encoder to the seconds that it took here.

    Raises
    ------
    ParamsError
        A wanted cell is in none of the states.
    TableError
        There is no state with a decision.
    """
    if not states:
        raise TableError("no state of this repository has a decision.json; run `dvc repro`, and commit what it writes")
    entries: list[Entry] = []
    left_out: list[tuple[str, str]] = []
    for one in states:
        known = [
            other for other in entries if other.model == one.decision["model"] and other.dim == one.decision["dim"]
        ]
        reasons = [incomparable(task, states[0].decision, one.decision) for task in states[0].decision["tasks"]]
        if any(reasons):
            left_out.append((one.label, next(filter(None, reasons))))
        elif not known:
            entries.append(Entry(one, seconds(one.decision.get("encoder", {}))))
    found = Leaderboard(entries, [], left_out)
    cells = _cells(entries, wanted)
    for task, key in cells.items():
        lacking = [one for one in entries if not _readable(one, task, key, found)]
        for entry in lacking:
            entries.remove(entry)
    for task, key in cells.items():
        for group in states[0].decision["tasks"][task]["groups"] if entries else ():
            found.columns.append(_column(entries, task, group, key))
    return found


def _cells(entries: list[Entry], wanted: tuple[str, ...]) -> dict[str, str]:
    """The key of the cell by task."""
    first = entries[0].state.decision["tasks"]
    known = {
        one["cell"]: (task, key)
        for task, facts in first.items()
        for group in facts["groups"].values()
        for key, one in group["cells"].items()
    }
    for name in wanted:
        if name not in known:
            raise ParamsError(f"no system was measured as {name!r}{suggest(name, known, 'decision.json')}")
    with_vectors = {task: key for cell, (task, key) in reversed(known.items()) if cell.count("/") == 2}
    return with_vectors | dict(known[name] for name in wanted)


def _readable(entry: Entry, task: str, key: str, found: Leaderboard) -> bool:
    """Whether a state measured the cell and its values are at hand; if not, ``found`` says so."""
    groups = entry.state.decision["tasks"].get(task, {}).get("groups", {}).values()
    cells = [group["cells"].get(key) for group in groups]
    if not cells or None in cells:
        found.left_out.append((entry.state.label, f"it did not measure {key}"))
        return False
    try:
        entry.state.measures.table(cells[0]["cell"])
    except MissingMeasuresError as error:
        found.left_out.append((entry.state.label, str(error)))
        return False
    return True


def _column(entries: list[Entry], task: str, group: str, key: str) -> Column:
    facts = entries[0].state.decision["tasks"][task]
    values: Values = together([one.state.values(task, group, [key]) for one in entries])
    if not len(values):
        raise TableError(f"{TITLES[task]}, {group}: the states have no query with the same judgments in common")
    seed = int(entries[0].state.decision["seed"])
    shown = best_set(values.independent(values.means), values.seeds, seed, bound=values.bound)
    tolerance = float(entries[0].state.decision["tolerance"])
    means = [float(mean) for mean in values.means.mean(axis=0)]
    return Column(task, group, facts["metric"], key, means, shown, len(values), tolerance)
