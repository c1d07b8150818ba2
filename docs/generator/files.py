"""The page of files: what lies at the top of the repository, and the columns of every table."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from docs.generator.root import ROOT, yaml
from docs.generator.stages import written
from docs.generator.table import page, table
from itemvec.core import columns
from itemvec.protocol.evaluation import nothing

LEAD = "Files that you edit, files that a run writes, and the columns of its tables."
TOP = {
    "params.yaml": "What is compared and how it is measured: [params.yaml](params.md).",
    "models.yaml": "The text encoders: [models](models.md).",
    "dvc.yaml": "The stages: what each reads, runs and writes: [stages](stages.md).",
    "dvc.lock": "Hashes of what every stage read and wrote. DVC writes it; commit it with the metrics.",
    "data.dvc": "The hash of `data/`. `dvc add data` writes it after you changed the files there.",
    "data": "Raw files, one folder for each data set. Not in git.",
    "expectations": "What each table must meet before anything is encoded: below.",
    "report": "`index.html`, the whole report in one page. Not in git.",
    "artifacts": "Tables, vectors, runs and values per query. Not in git; DVC keeps them.",
}
MEASURED = "Results of the last run, in git: [metrics](metrics.md#files)."
CURVES = "Curves of the last run, as CSV, in git; `dvc plots show` draws them."
PARTED = "The column `split` is there only where the data set brings its own split."
TABLES: dict[str, tuple[str, Any]] = {
    "artifacts/tables/items.parquet": ("What is embedded and ranked.", columns.ITEMS),
    "artifacts/tables/interactions.parquet": (f"Who used what, and when. {PARTED}", columns.DIVIDED),
    "artifacts/tables/queries.parquet": (f"What is searched for. {PARTED}", columns.DIVIDED_QUERIES),
    "artifacts/tables/qrels.parquet": ("Judgments: what is relevant to which query.", columns.QRELS),
    "artifacts/runs/*/*.parquet": ("Rankings: of every query or user, the items that were found.", columns.EXPLAINED),
    "artifacts/measures/*/*.parquet": (
        "Values per query or user. Besides these columns there is one for each metric, a number, as `ndcg@10`.",
        nothing([], {}).measures.schema,
    ),
}


def files() -> str:
    """The whole page."""
    kept = {path.split("/")[0] for stage in yaml("dvc.yaml")["stages"].values() for path in written(stage, in_git=True)}
    top = TOP | {name: CURVES if name == "plots" else MEASURED for name in sorted(kept)}
    parts = ["## At the top", table(("path", "what it is"), [[f"`{name}`", text] for name, text in top.items()])]
    parts += ["## Tables", "Your own files of kind `tables` have the columns of the first four, too."]
    for name, (text, schema) in TABLES.items():
        rows = [[f"`{field.name}`", type_words(field.type), columns.MEANINGS.get(field.name, "")] for field in schema]
        parts += [f"### {name}", text, table(("column", "type", "meaning"), rows)]
    parts += ["## Vectors", VECTORS, "## Expectations", EXPECTATIONS]
    for path in sorted((ROOT / "expectations").glob("*.json")):
        rows = [_expectation(one) for one in json.loads(path.read_text(encoding="utf-8"))["expectations"]]
        parts += [f"### {path.name}", table(("column", "expectation", "if it is broken"), rows)]
    return page("Files", LEAD, *parts)


VECTORS = """`artifacts/embeddings` and `artifacts/vectors/*` are LanceDB folders; each has beside it a `.digest`, a
hash of what it holds. Stages depend on the digest, because equal vectors written twice are files of different bytes."""
EXPECTATIONS = """The stages `validate` and `embed` hold tables against these files and stop the run where one is
broken. They are suites of Great Expectations; add your own in the same form."""


def type_words(kind: Any) -> str:
    """An Arrow type in words."""
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return "text"
    return "whole number" if pa.types.is_integer(kind) else "number"


def _expectation(one: dict[str, Any]) -> list[str]:
    options = dict(one["kwargs"])
    column = options.pop("column", options.pop("column_list", ""))
    given = ", ".join(f"{key} {value}" for key, value in options.items())
    words = one["type"].removeprefix("expect_").replace("_", " ") + (f": {given}" if given else "")
    return [f"`{column}`" if column else "", f"`{words}`", one.get("meta", {}).get("advice", "")]
