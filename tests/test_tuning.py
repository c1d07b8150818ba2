"""`make tune`: what it queues, without running any of it."""

import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides, get_hydra_sweeps

from itemvec.core.params import Params
from itemvec.recommenders import RECOMMENDERS
from tests.conftest import ROOT

ROWS = {"recommend@full-sasrec": "sasrec", "baseline@sasrec-id": "sasrec-id"}


def sweeps(*arguments: str) -> dict[str, list[list[str]]]:
    """Overrides of params.yaml of every experiment, by the stage it runs."""
    command = ["make", "-n", "tune", *arguments]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    queued = [shlex.split(line) for line in printed.splitlines() if " --queue " in line]
    found = {}
    for words in queued:
        overrides = [after for word, after in pairwise(words) if word == "-S"]
        found[words[words.index("--queue") + 1]] = [
            one["params.yaml"] for one in get_hydra_sweeps({"params.yaml": overrides})
        ]
    return found


@pytest.mark.parametrize("arguments", [[], ["GRID=dropout=0.1,0.3 heads=1,2,4"]])
def test_texts_and_ids_are_tried_with_the_same_settings(arguments: list[str]) -> None:
    found = sweeps(*arguments)
    assert set(found) == set(ROWS)
    tried = [
        sorted(tuple(one.removeprefix(f"++systems.{row}.") for one in setting) for setting in found[stage])
        for stage, row in ROWS.items()
    ]
    assert tried[0] == tried[1]
    assert len(set(tried[0])) == (6 if arguments else 12)


def test_every_setting_is_one_the_recommender_takes(tmp_path: Path) -> None:
    for name in ("params.yaml", "models.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for stage, settings in sweeps().items():
        for setting in (settings[0], settings[-1]):
            apply_overrides(str(tmp_path / "params.yaml"), setting)
            row = Params.load(tmp_path / "params.yaml").systems[ROWS[stage]]
            assert set(row) == {"kind", "item", "learning_rate", "dropout", "width"}
            RECOMMENDERS.build(ROWS[stage], row)


def test_the_stages_are_those_of_the_default_run() -> None:
    params = Params.load(ROOT / "params.yaml")
    assert "full" in params.variants
    assert "sasrec" in params.recommenders
    assert "sasrec-id" in params.baselines
    assert params.systems["sasrec"]["item"] != params.systems["sasrec-id"]["item"]
