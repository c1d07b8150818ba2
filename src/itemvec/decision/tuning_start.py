"""How to ask whether tuning pays, where the last run did not."""

from __future__ import annotations

from typing import Any

from itemvec.decision.results import Results

ASK = "No tuner is selected, so run `dvc exp run -S 'tuners=[ridge,low-rank]'{more}`, then `itemvec tune`."
SPLIT = " -S 'search.split={validation: 0.5}'"
WHY_SPLIT = "All judged queries are for testing; the split gives half of them to the tuners."


def how_to_ask(tasks: dict[str, Any], tuners: list[str], untuned: Results) -> list[str]:
    """What to run so that every selected tuner is measured, in lines; empty where all are.

    Parameters
    ----------
    tasks
        Of ``decision.json``.
    tuners
        Rows of ``tunings`` that are selected.
    untuned
        The results of all but the tuned variants.
    """
    if not tuners:
        if not tasks:
            return ["No tuner is selected, and the data has neither judged queries nor histories to learn from."]
        return [ASK.format(more=SPLIT), WHY_SPLIT] if _all_test(untuned) else [ASK.format(more="")]
    known = {one["variant"] for facts in tasks.values() for one in facts.get("tuning", [])}
    missing = [name for name in tuners if name not in known]
    verb = "is" if len(missing) == 1 else "are"
    return [f"{', '.join(missing)} {verb} selected and not measured yet: run `dvc repro`."] if missing else []


def _all_test(untuned: Results) -> bool:
    """Whether no query, and no history, may be learnt from."""
    searched = untuned.of("search")
    if not searched or untuned.of("recommend"):
        return False
    return not {"queries_for_train", "queries_for_validation"} & searched[0].facts.keys()
