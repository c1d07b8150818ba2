"""The plan in words and tables."""

from __future__ import annotations

from textwrap import fill

from tabulate import tabulate

from itemvec.commands.paper.cost import RATES, Cost
from itemvec.commands.paper.experiments import Experiment
from itemvec.commands.paper.settings import Settings
from itemvec.commands.plan import duration, size
from itemvec.decision.diff_text import WIDTH

HEADER = ["data set", "encoder", "items", "queries", "tokens", "GPU", "here", "memory", "dollars"]
REMARK = (
    "Tokens are guessed at four letters each. GPU: two operations for each token and parameter, at an assumed "
    f"{RATES[16] / 1e12:.0f} TFLOP/s in 16 bits and {RATES[32] / 1e12:.0f} in 32 (an H100 at 40 % of its peak); "
    "memory: the weights and a fifth. Here: from some seconds of encoding, where the encoder is on this machine. "
    "Training and search come on top. -: not known before the data set is here; `itemvec fetch` brings most."
)


def plan_text(settings: Settings, wanted: list[Experiment], found: dict[str, Cost], defects: list[str]) -> str:
    """Conclusion, table, defects."""
    rows = [_row(one, found[one.name]) for one in wanted]
    parts = [_conclusion(wanted, found), tabulate(rows, HEADER, disable_numparse=True), fill(REMARK, WIDTH)]
    on = [f"{name}: {settings.defects[name].effect}" for name in defects]
    off = [name for name in settings.defects if name not in defects]
    parts.append("\n".join(["Defects that are reproduced:", *(f"- {one}" for one in on or ["none"])]))
    if off:
        parts.append(f"Not reproduced: {', '.join(off)} (--defects NAME,NAME, all or none).")
    return "\n\n".join(parts)


def _conclusion(wanted: list[Experiment], found: dict[str, Cost]) -> str:
    gpu = sum(one.gpu_seconds or 0.0 for one in found.values())
    here = sum(one.here_seconds or 0.0 for one in found.values())
    dollars = sum(one.dollars or 0.0 for one in found.values())
    unknown = sorted({one.dataset for one in wanted if found[one.name].texts is None})
    said = [f"{len(wanted)} experiments"]
    said += [f"{duration(gpu)} of one GPU to encode"] if gpu else []
    said += [f"{duration(here)} here for the encoders of this machine"] if here else []
    said += [f"${dollars:,.2f} for APIs"] if dollars else []
    said += [f"not known for {', '.join(unknown)}"] if unknown else []
    return "; ".join(said) + "."


def _row(one: Experiment, cost: Cost) -> list[str]:
    texts = cost.texts
    sizes = ["-"] * 3 if texts is None else [f"{texts.items:,}", f"{texts.queries:,}", f"{texts.tokens / 1e6:,.2f} M"]
    gpu, here = ("-" if one is None else duration(one) for one in (cost.gpu_seconds, cost.here_seconds))
    memory = "-" if cost.memory is None else size(int(cost.memory))
    dollars = "-" if cost.dollars is None else f"{cost.dollars:,.2f}"
    return [one.dataset, one.model, *sizes, gpu, here, memory, dollars]
