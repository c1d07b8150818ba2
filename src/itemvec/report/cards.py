"""The first screen: for each task what to use, what stands behind it, and one note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itemvec.core.text import metric_name
from itemvec.decision.results import CONSTRUCTED, TITLES, Results
from itemvec.decision.tuning_text import beaten_by, by_weight, conclusion, tuning_sentence
from itemvec.decision.verdict import size

ORDER = ("search", "recommend")
TUNED = 3  # variants that the card about tuning names
PAYS = {"yes": "Text pays", "no": "Text does not pay"}


@dataclass(frozen=True)
class Card:
    """What is said of one question.

    tone
        ``good`` where something is chosen, ``open`` where it is undecided, ``none`` where nothing is known.
    """

    title: str
    choice: str
    tone: str
    sentences: list[str]
    note: str = ""


def cards(results: Results, decision: dict[str, Any], larger: str = "") -> list[Card]:
    """A card for each task that the data has, search first; then what is known of tuning.

    Parameters
    ----------
    larger
        What a larger model gains in place of tuning, in a sentence.
    """
    tasks = decision["tasks"]
    found = [_card(results, task, tasks[task], decision["tolerance"]) for task in ORDER if task in tasks]
    return [*found, _tuning(tasks, larger)]


def _tuning(tasks: dict[str, Any], larger: str) -> Card:
    """Whether tuning pays: the conclusion, then what helps or harms; how to ask where nothing was tuned."""
    title, tuned = "Would tuning pay?", [(task, one) for task in tasks for one in tasks[task].get("tuning", [])]
    if not tuned:
        how = "To ask: judged queries that are not for testing, or histories; `itemvec tune` says what to run."
        return Card(title, "Not measured in this run.", "none", [how])
    best = max((one for _, one in tuned), key=lambda one: (one["words"] == "pays", one["difference"]))
    said = {"pays": f"Yes, by {best['variant']}", "harms": "No: it harms"}.get(best["words"], "Not shown to pay")
    groups = next(tasks[task]["groups"] for task, one in tuned if one is best)
    if best["words"] == "pays" and beaten_by(best, groups.get(best["group"])):
        said = "Not worth it here"
    sentences = [
        tuning_sentence(metric_name(tasks[task]["metric"]), one, len(tasks[task]["groups"]) > 1, task)
        for task, one in sorted(tuned, key=by_weight)[:TUNED]
    ]
    sentences = [one[0].upper() + one[1:] for one in sentences] + ([larger] if larger else [])
    tone = "good" if said.startswith("Yes") else "open"
    return Card(title, said, tone, [conclusion(tasks), *sentences])


def _card(results: Results, task: str, facts: dict[str, Any], tolerance: float) -> Card:
    verdict, left = facts["verdict"], facts["left"]
    cells = next(iter(facts["groups"].values()))["cells"]
    sizes = {one.key: size(results, one) for one in results.of(task)}
    text, note = _text(facts), _note(facts["notes"])
    if verdict in cells:
        proof = (
            f"The only one of {len(cells)} that is not shown to be worse than the best"
            if len(left) == 1
            else f"Shown to lose less than {tolerance:.0%} against the best of {len(cells)}"
        )
        sentence = f"{proof}: {_means(facts, verdict)}, {sizes[verdict]}."
        needless = sizes[verdict] == "no vectors" and {one["words"] for one in facts["text"]} == {"no"}
        choice = f"Text does not pay: use {verdict}" if needless else f"Use {verdict}"
        return Card(TITLES[task], choice, "good", [sentence, *text], note)
    if not left:
        sentence = f"No system is among the best in every group of queries; the highest {_highest(facts)}."
        return Card(TITLES[task], "Undecided", "open", [sentence, *text], note)
    named = " or ".join(left) if len(left) == 2 else f"{len(left)} of {len(cells)} may be the best"
    sentence = (
        f"Until more is known, use {left[0]}, the cheapest ({sizes[left[0]]}): {_means(facts, left[0])}.{_more(facts)}"
    )
    return Card(TITLES[task], f"Undecided: {named}", "open", [sentence, *text], note)


def group_name(group: str) -> str:
    """A group of queries without the word that the page says once."""
    return group.removeprefix(CONSTRUCTED).lstrip(": ") or group


def _means(facts: dict[str, Any], key: str) -> str:
    """The mean of a cell, by group where there are several."""
    groups = facts["groups"]
    means = [f"{found['cells'][key]['mean']:.3f}{_in(group, groups)}" for group, found in groups.items()]
    return f"{metric_name(facts['metric'])} {' and '.join(means)}"


def _highest(facts: dict[str, Any]) -> str:
    groups = facts["groups"]
    best = {group: max(found["cells"].items(), key=lambda one: one[1]["mean"]) for group, found in groups.items()}
    means = [f"{one['mean']:.3f} by {key}{_in(group, groups)}" for group, (key, one) in best.items()]
    return f"{metric_name(facts['metric'])} is {' and '.join(means)}"


def _in(group: str, groups: Any) -> str:
    return f" ({group_name(group)})" if len(groups) > 1 else ""


def _more(facts: dict[str, Any]) -> str:
    unit = "users" if facts["unit"] == "users" else "judged queries"
    needed = [f"{n:,} more {unit}{_in(group, facts['groups'])}" for group, n in facts["more"].items() if n]
    return f" About {' and '.join(needed)} would decide." if needed else ""


def _text(facts: dict[str, Any]) -> list[str]:
    """Whether text pays: one sentence for each answer, with the groups that give it."""
    said: dict[str, list[str]] = {}
    for one in facts["text"]:
        interval = f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"
        pair = f"{one['with_text']} against {one['without']} {interval}{_in(one['group'], facts['groups'])}"
        said.setdefault(PAYS.get(one["words"], f"Text: {one['words']}"), []).append(pair)
    return [f"{head}: {'; '.join(pairs)}." for head, pairs in said.items()]


def _note(notes: list[str]) -> str:
    return " ".join(f"{note[:1].upper()}{note[1:]}." for note in notes).replace("`", "")
