"""Whether tuning pays, in words: the conclusion first."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
UNITS = {"recommend": "users", "search": "queries"}


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
    said = f"{metric} {interval(best)} on {best['queries']:,} {UNITS[task]}"
    harmed = sum(one["words"] == "harms" for _, _, one in rows)
    but = f" It is shown to harm in {harmed} of {len(rows)} comparisons." if harmed else ""
    if best["words"] == "pays":
        return f"Tuning pays: {name}, {said} it never saw.{but}"
    if all(one["words"] in ("harms", "changed nothing") for _, _, one in rows):
        return f"Tuning does not pay: it harms; the least, {name}, by {said}."
    return f"Tuning is not shown to pay: the highest of {len(rows)} is {name}, {said} it never saw.{but}"


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
    unit = UNITS[task]
    ways = [f"{one['more']:,} more {'judged queries' if task == 'search' else unit} to test on"] if one["more"] else []
    ways += [f"{one['more_to_learn']:,} more to learn from"] if one["more_to_learn"] else []
    more = f"; about {' or '.join(ways)} would decide" if ways else ""
    return f"{name} {one['words']}: {metric} {interval(one)} on {one['queries']:,} {unit} it never saw{more}."


def instead_sentence(metric: str, one: Row) -> str:
    """What else was measured in its place; empty where nothing was."""
    if not one["instead"]:
        return ""
    others = "; ".join(f"{other['key']} {interval(other)}" for other in one["instead"])
    return f"Instead of tuning {one['system']}, against {one['against']}, {metric}: {others}."


def interval(one: Row) -> str:
    """A difference with its interval."""
    return f"{one['difference']:+.4f} [{one['low']:+.3f}, {one['high']:+.3f}]"
