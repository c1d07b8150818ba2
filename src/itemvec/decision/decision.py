"""The decision of a run: the verdict of each task, what stands behind it, and the few numbers that are metrics."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itemvec.core.columns import GAIN, ITEM, QUERY, TIME, USER
from itemvec.core.files import read_parquet
from itemvec.decision.comparisons import all_shown
from itemvec.decision.results import CONSTRUCTED, TASKS, Results
from itemvec.decision.standings import Group, rank_group
from itemvec.decision.text_pays import TextPays, text_pays
from itemvec.decision.ties import tie_note
from itemvec.decision.training import training_note
from itemvec.decision.tuning_pays import tuning_pays
from itemvec.decision.unjudged import Unjudged, consider
from itemvec.decision.user_sample import sample_note
from itemvec.decision.values import Measures
from itemvec.decision.verdict import Verdict, decide

VERSION = 1  # of the form of decision.json
KEYS = {"items": [ITEM], "interactions": [USER, ITEM, TIME], "queries": [QUERY], "qrels": [QUERY, ITEM, GAIN]}
SHORT = {"no significant difference": "not shown"}  # in a metrics file
UNITS = {"recommend": "users", "search": "queries"}


def decide_all(results: Results, measures: Measures, tables: Path) -> dict[str, Any]:
    """The whole decision as plain data: what `decision.json` holds, and `itemvec diff` reads.

    Parameters
    ----------
    tables
        Folder of the tables, whose hashes tell whether two decisions are about the same data.
    """
    params = results.params
    return {
        "version": VERSION,
        "dataset": params.dataset,
        "model": params.model,
        "dim": results.embed["dim"],
        "encoder": _encoder(results.embed),
        "tolerance": params.decide.tolerance,
        "seed": params.seed,
        "inputs": {name: _hash(tables / f"{name}.parquet", columns) for name, columns in KEYS.items()},
        "tasks": {task: _task(results, task, measures) for task in TASKS if results.of(task)},
    }


def _encoder(embed: dict[str, Any]) -> dict[str, Any]:
    """What its row and its run say of the encoder, for those who choose between several."""
    tokens = sum(one["tokens"] for one in embed.get("cut", {}).values())
    known = {name: embed[name] for name in ("parameters", "licence", "cost", "rows", "id") if name in embed}
    return known | ({"tokens": tokens} if tokens else {})


def _task(results: Results, task: str, measures: Measures) -> dict[str, Any]:
    tolerance, params = results.params.decide.tolerance, results.params
    groups = [rank_group(results, task, group, measures, tolerance) for group in results.groups(task)]
    verdict = decide(results, task, groups, tolerance)
    unjudged = consider(results, task, groups, measures, verdict, tolerance)
    tuned = bool(params.tuners)
    known = all_shown(results, task, measures, [groups[0].metric]) if tuned else {}
    pays = [one for one in (text_pays(group) for group in groups) if one is not None]
    notes = [unjudged.note(verdict, groups[0].metric)] if unjudged else []
    notes += [sample_note(results, task), training_note(results, task, groups, verdict)]
    notes.append(tie_note(results, task, UNITS[task], groups[0].metric))
    if any(group.complete for group in groups):
        notes.append("queries were constructed from the items' own metadata; they are not what people ask")
    return {
        "metric": groups[0].metric,
        "unit": UNITS[task],
        "protocol": asdict(params.recommend if task == "recommend" else params.search),
        "verdict": verdict.words,
        "sentence": verdict.sentence,
        "notes": [note for note in notes if note],
        "text": [vars(one) | {"words": one.words} for one in pays],
        "tuning": [one.as_data() for one in tuning_pays(results, groups, known)] if tuned else [],
        "more": verdict.more,
        "left": [one.key for one in verdict.left],
        "groups": {group.name: _group(group, unjudged) for group in groups},
    }


def _group(group: Group, unjudged: Unjudged | None) -> dict[str, Any]:
    shares = unjudged.judged.get(group.name, {}) if unjudged else {}
    cells = {
        one.result.key: {
            "cell": one.result.cell,
            "mean": one.mean,
            "against_best": [one.low, one.high],
            "among_best": one.among_best,
            "kept": one.kept,
        }
        | ({"judged": shares[one.result.key]} if one.result.key in shares else {})
        for one in group.standings
    }
    return {"queries": len(group.values), "cells": cells}


def _hash(path: Path, columns: list[str]) -> str:
    """Of the rows of a table in any order, by the columns that tell them apart."""
    table = read_parquet(path, columns)
    table = table.sort_by([(name, "ascending") for name in columns])
    found = hashlib.sha256()
    for column in table.columns:
        found.update(str(len(column)).encode())
        for chunk in column.cast("string").chunks:
            found.update("\x00".join(chunk.to_pylist()).encode())
    return found.hexdigest()[:16]


def metrics_of(decision: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What `dvc metrics diff` compares: flat files by name, the first metric of every cell and the verdict's words.

    Names are short enough that a row of the default run fits 100 columns.
    """
    files: dict[str, dict[str, Any]] = {task: {} for task in TASKS}
    verdict: dict[str, Any] = {"model": decision["model"], "dim": decision["dim"]}
    for task, facts in decision["tasks"].items():
        names = _short(list(facts["groups"]))
        files[task] = {
            (f"{names[group]} / {key}" if len(names) > 1 else key): round(one["mean"], 4)
            for group, found in facts["groups"].items()
            for key, one in found["cells"].items()
        }
        verdict[task] = facts["verdict"]
        for one in facts["text"]:
            where = f" / {names[one['group']]}" if len(names) > 1 else ""
            verdict[f"{task}: vectors pay{where}"] = SHORT.get(one["words"], one["words"])
    return files | {"verdict": verdict}


def _short(groups: list[str]) -> dict[str, str]:
    """Names without the word that says that queries were constructed, where they still differ."""
    short = [group.removeprefix(f"{CONSTRUCTED}: ") for group in groups]
    return dict(zip(groups, short if len(set(short)) == len(groups) else groups, strict=True))


__all__ = ["TextPays", "Verdict", "decide_all", "metrics_of"]
