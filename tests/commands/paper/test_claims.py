"""Planted runs: what each claim says where the answer is known."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from itemvec.commands.paper.claims import CLAIMS, verdict
from itemvec.commands.paper.evidence import Evidence
from itemvec.commands.paper.experiments import experiments
from itemvec.commands.paper.geometry_findings import permutation
from itemvec.commands.paper.pages import judged, sentences, write_pages
from itemvec.commands.paper.settings import Part, Settings
from itemvec.core.arrays import Doubles
from itemvec.core.params import Params
from itemvec.decision.stored_runs import Stored
from tests.conftest import ROOT
from tests.decision.states import right, table

GENERAL = ["minilm", "mpnet", "gte-small", "e5-base-v2", "bge-base-en-v1-5", "kalm", "potion", "instructor-xl"]
TUNED = ["blair-base", "roberta-base"]
METRICS = {"metrics": ["ndcg@10"]}
SETTINGS = Settings(
    Part(["clicks"], GENERAL + TUNED, ["full"], ["sasrec-x", "unisrec-x"], ["sasrec-id-x"]),
    Part(["words"], GENERAL + TUNED, ["full", "pca80", "pca95"], ["exact"], ["bm25"]),
    {"recommend": METRICS, "search": METRICS},
    {"generalist": GENERAL, "tuned": TUNED, "small": ["minilm"], "large": ["mpnet"]},
)
GROUP = {"recommend": "users", "search": "given"}


@dataclass
class World:
    """Share of queries that are answered, by family and variant or system; and the share of the width by family."""

    shares: dict[str, float] = field(default_factory=dict)
    even: dict[str, float] = field(default_factory=lambda: {"generalist": 0.4, "tuned": 0.1})

    def of(self, key: str, family: str = "") -> float:
        return self.shares.get(f"{family} {key}".strip(), self.shares.get(key, 0.5))

    def evidence(self, models: list[str] = GENERAL + TUNED) -> Evidence:
        wanted = experiments(SETTINGS, [], None, set(models))
        stored = {one.name: Stored("d69d55a", self._reader(one.task, one.model)) for one in wanted}
        return Evidence.of(SETTINGS, wanted, stored, Params.load(ROOT / "params.yaml"))

    def _reader(self, task: str, model: str) -> Any:
        family = "tuned" if model in TUNED else "generalist"
        part = SETTINGS.part(task)
        cells = {
            f"{task}/{s}/{v}": self.of(s if task == "recommend" else v, family)
            for s in part.systems
            for v in part.variants
        }
        cells |= {f"baseline/{one}": self.of(one) for one in part.baselines}
        files = {f"artifacts/measures/{cell}.parquet": _parquet(task, right(share)) for cell, share in cells.items()}
        place = (GENERAL + TUNED).index(model)
        facts = {"dim": 1000, "effective_dim": {"80%": int(1000 * self.even[family]) + place}}
        facts |= {"participation_ratio": 1, "isoscore": 0, "mean_cosine": 0, "uniformity": 0}
        facts |= {"hubness": {"skewness": 0}}
        files |= {f"artifacts/results/analyze/{v}.json": json.dumps(facts).encode() for v in part.variants}
        return files.__getitem__


def _parquet(task: str, values: Doubles) -> bytes:
    file = io.BytesIO()
    pq.write_table(table(GROUP[task], values), file)
    return file.getvalue()


def verdicts(world: World, models: list[str] = GENERAL + TUNED) -> dict[str, str]:
    return {claim.key: said for claim, said, _ in judged(world.evidence(models))}


def test_a_world_in_which_the_paper_is_right() -> None:
    shares = {"generalist sasrec-x": 0.8, "generalist unisrec-x": 0.8, "sasrec-id-x": 0.3, "bm25": 0.3}
    shares |= {"generalist full": 0.8, "generalist pca80": 0.8, "generalist pca95": 0.8, "tuned full": 0.4}
    found = verdicts(World(shares | {"tuned pca80": 0.6, "tuned pca95": 0.6}))
    kept = {key for key, said in found.items() if said == "shown"}
    assert kept == set(found) - {"small-rivals-large", "bigger-is-better"}


def test_a_world_in_which_it_is_wrong() -> None:
    shares = {"generalist sasrec-x": 0.3, "generalist unisrec-x": 0.3, "sasrec-id-x": 0.8, "bm25": 0.8}
    shares |= {"generalist full": 0.4, "tuned full": 0.8, "pca80": 0.2, "pca95": 0.2}
    found = verdicts(World(shares, {"generalist": 0.6, "tuned": 0.9}))
    opposite = {key for key, said in found.items() if said == "shown to be otherwise"}
    unknown = {"small-rivals-large", "bigger-is-better", "even-goes-with-quality"}
    assert opposite == set(found) - unknown
    assert {found[key] for key in unknown} <= {"not shown", "shown"}


def test_where_nothing_differs_nothing_is_shown_but_what_is_counted() -> None:
    found = verdicts(World())
    assert {key for key, said in found.items() if said != "not shown"} == {"below-nominal", "more-even"}


def test_what_was_not_measured_is_not_shown() -> None:
    claims = judged(World().evidence(["minilm"]))
    said = dict(zip((one.key for one, *_ in claims), sentences(claims), strict=True))
    assert said["generalist-beats-tuned-search"].startswith("not shown: ")
    assert said["generalist-beats-tuned-search"].endswith("(not measured)")
    assert verdict([]) == "not shown"


def test_pages_name_every_claim_and_every_mean(tmp_path: Path) -> None:
    evidence = World({"generalist full": 0.8}).evidence()
    write_pages(evidence, ["pairs"], tmp_path)
    claims, tables = ((tmp_path / name).read_text() for name in ("claims.md", "tables.md"))
    page = (tmp_path / "index.html").read_text()
    for claim in CLAIMS:
        assert claim.words in claims
        assert claim.words in page
    assert "words, ndcg@10 0.8000 against 0.5000" not in claims  # the place and the means stand in columns of their own
    assert "ndcg@10 0.8000 against 0.5000" in claims
    assert "| exact    | minilm           | 0.8000" in tables
    assert "Reproduced with these defects of the authors' code: pairs." in claims


def test_the_permutation_test_counts_every_way_to_divide() -> None:
    """Two against three, wholly apart: 1 of 10 ways is as far on one side."""
    assert permutation(np.array([9.0, 8.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(2 / 10)
    assert permutation(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == 1.0
