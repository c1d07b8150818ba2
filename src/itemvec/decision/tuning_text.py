"""Whether tuning pays, in words: the conclusion first."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
UNITS = {"recommend": "users", "search": "queries"}
UNSEEN = {"recommend": "on the next items of {:,} users, which it never saw", "search": "on {:,} queries it never saw"}
IN_REACH = 100  # times as many cases as there are; more than that nobody will judge


def conclusion(tasks: dict[str, Any]) -> str:
    """One line over all tuned variants: whether any pays, and the best of them."""
    rows = [(task, facts["metric"], one) for task, facts in tasks.items() for one in facts.get("tuning", [])]
    if not rows:
        return "Tuning was not measured in this run; `itemvec tune` says how to ask."
    task, metric, best = max(rows, key=lambda row: (row[2]["words"] == "pays", row[2]["difference"]))
    where = f" in {best['group']}" if task == "search" and len(tasks[task]["groups"]) > 1 else ""
    name = f"{best['system']} on {best['variant']}{where}"
    if all(one["words"] == "changed nothing" for _, _, one in rows):
        return "Tuning is not shown to pay: no setting of any tuner helped the validation cases."
    said = f"{metric} {interval(best)} {UNSEEN[task].format(best['queries'])}"
    harmed = sum(one["words"] == "harms" for _, _, one in rows)
    but = f" It is shown to harm in {harmed} of {len(rows)} comparisons." if harmed else ""
    if best["words"] == "pays":
        return f"{_pays(best, tasks[task]['groups'].get(best['group']), name, said)}{but}"
    if all(one["words"] in ("harms", "changed nothing") for _, _, one in rows):
        return f"Tuning does not pay: it harms; the least, {name}, by {said}."
    return f"Tuning is not shown to pay: the highest of {len(rows)} is {name}, {said}.{but}"


def beaten_by(best: Row, group: Row | None) -> Row | None:
    """What was not tuned and is among the best, where the tuned variant is shown worse than the best; else None.

    Parameters
    ----------
    group
        Of ``decision.json``: which cells are among the best.
    """
    cells = group["cells"] if group else {}
    ours = cells.get(f"{best['system']} on {best['variant']}", {"among_best": True})
    if ours["among_best"]:
        return None
    others = (one for one in best["instead"] if one["difference"] > best["difference"])
    return next((one for one in others if cells.get(one["key"], {"among_best": False})["among_best"]), None)


def _pays(best: Row, group: Row | None, name: str, said: str) -> str:
    other = beaten_by(best, group)
    if other is None:
        return f"Tuning pays: {name}, {said}."
    return (
        f"Tuning is not worth it here: it pays for {name}, {said}, but {other['key']}, not tuned, is shown better: "
        f"{interval(other)} over the same {best['against']}."
    )


def by_weight(row: tuple[str, Row]) -> tuple[bool, float]:
    """To sort what is said: what pays or harms first, by the size of the difference."""
    return row[1]["words"] not in ("pays", "harms"), -abs(row[1]["difference"])


def tuning_sentence(metric: str, one: Row, grouped: bool, task: str = "search") -> str:
    """What is said of one tuned variant, to be pasted into a message."""
    where = f"{one['group']}: " if grouped else ""
    left_out = f" ({one['left_out']:,} more, which the test nearly asks, were left out)" if one["left_out"] else ""
    learnt = (
        f"on {one['learnt']:,} judged queries{left_out}"
        if one["source"] == "judgments"
        else f"on what followed {one['learnt']:,} items in histories"
    )
    name = f"{where}tuning {one['system']} by {one['variant']}, {learnt},"
    if one["words"] == "changed nothing":
        return f"{name} changed nothing: no setting helped queries that were held out."
    return f"{name} {one['words']}: {metric} {interval(one)} {UNSEEN[task].format(one['queries'])}{_more(one, task)}."


def _more(one: Row, task: str) -> str:
    """How many more cases would show that it pays; beyond reach, so much is said."""
    if one["difference"] <= 0:
        return ""
    ways = [(one["more"], one["queries"], f"{'judged queries' if task == 'search' else UNITS[task]} to test on")]
    ways += [(one["more_to_learn"], one["learnt"], "to learn from")]
    within = [f"{more:,} more {what}" for more, now, what in ways if 0 < more <= IN_REACH * now]
    if within:
        return f"; about {' or '.join(within)} would decide"
    beyond = any(more for more, _, _ in ways)
    return f"; to decide on so small a difference would take over {IN_REACH} times as many" if beyond else ""


def instead_sentence(metric: str, one: Row) -> str:
    """What else was measured in its place; empty where nothing was."""
    if not one["instead"]:
        return ""
    others = "; ".join(f"{other['key']} {interval(other)}" for other in one["instead"])
    return f"Instead of tuning {one['system']}, against {one['against']}, {metric}: {others}."


def interval(one: Row) -> str:
    """A difference with its interval."""
    return f"{one['difference']:+.4f} [{one['low']:+.3f}, {one['high']:+.3f}]"
