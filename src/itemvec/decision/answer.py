"""The decision of a run in the lines that a person reads first."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from itemvec.core.params import Params
from itemvec.decision.tuning_text import conclusion

WIDTH = 100  # columns of a terminal


def answer(decision: dict[str, Any], width: int = WIDTH) -> str:
    """One paragraph per task, the verdict first; then whether text pays, and what to keep in mind.

    Parameters
    ----------
    decision
        What ``decision.json`` holds.
    """
    if not decision["tasks"]:
        return (
            "Nothing was measured: the data has no interactions, and no query with a relevant item. Where there are "
            "queries, `itemvec judge` asks people how relevant what was found is to them."
        )
    lines: list[str] = []
    for task, facts in decision["tasks"].items():
        lines.append(fill(facts["sentence"], width, subsequent_indent="  "))
        below = [text_sentence(task, facts["metric"], one) for one in facts["text"]]
        below += [f"Note: {note}." for note in facts["notes"]]
        lines += [fill(one, width, initial_indent="  ", subsequent_indent="  ") for one in below]
    if any(facts.get("tuning") for facts in decision["tasks"].values()):
        said = f"{conclusion(decision['tasks'])} `itemvec tune` says more."
        lines.append(fill(said, width, subsequent_indent="  "))
    return "\n".join(lines)


def of_another_run(decision: dict[str, Any], params: Params) -> str:
    """What to know first where the parameters select other data, or another model, than the decision is of."""
    selected = {"dataset": params.dataset, "model": params.model}
    other = [name for name, one in selected.items() if decision.get(name, one) != one]
    if not other:
        return ""
    was, now = (" and ".join(f"{name} {some[name]}" for name in other) for some in (decision, selected))
    return f"This answer is of {was}; the parameters now select {now}: run `dvc repro`."


def text_sentence(task: str, metric: str, one: dict[str, Any]) -> str:
    """Whether vectors of texts pay in one group of queries."""
    interval = f"{one['difference']:+.4f} [{one['low']:+.3f}, {one['high']:+.3f}]"
    where = f"{one['group']}: " if task == "search" else ""
    words = {"yes": "vectors of texts pay", "no": "vectors of texts do not pay"}.get(one["words"], one["words"])
    return f"{where}{words}: {one['with_text']} against {one['without']}, {metric} {interval}."
