"""What a training did: its epochs, the best of them, and whether its budget cut it off."""

from typing import Any

import numpy as np


def training_facts(curve: list[float], budget: int | None) -> dict[str, Any]:
    """Epochs that were trained, the best of them from 1, and whether the last was the best when ``budget`` ended.

    Parameters
    ----------
    curve
        Validation after every epoch, higher is better; empty for a system that is not trained in epochs.
    budget
        Epochs that were allowed; None where there is no limit.
    """
    if not curve:
        return {}
    best = max(range(len(curve)), key=curve.__getitem__) + 1
    cut = budget is not None and len(curve) >= budget
    return {"epochs": len(curve), "best_epoch": best, "still_improving": cut and best == len(curve)}


def sd_of_seeds(found: list[float]) -> dict[str, float]:
    """Standard deviation over seeds of the validation metric; empty for a single one."""
    return {"sd_of_seeds": float(np.std(found, ddof=1))} if len(found) > 1 else {}


def means_of_seeds(found: list[Any]) -> Any:
    """Nested numbers of every seed, as their means."""
    if isinstance(found[0], dict):
        return {name: means_of_seeds([one[name] for one in found]) for name in found[0]}
    return found[0] if isinstance(found[0], int) else float(np.mean(found))
