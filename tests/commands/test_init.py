"""`itemvec init` in a project: what it shows, what it writes, and that a failure writes nothing."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from itemvec.commands.main import main
from itemvec.commands.setup import questions, session
from itemvec.core.params import Params
from itemvec.stages.check import check_params, check_selected_data
from tests.conftest import ROOT

PRODUCTS = "".join(f"{number},Lamp {number},of wood\n" for number in range(120))
JUDGED = "keyword,sku,grade\nlamp 3,3,3\nlamp 3,4,1\nlamp 5,5,2\nlamp 5,999,2\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a commit, and raw files beside it."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("params.yaml", "models.yaml", "dvc.yaml"):
        (root / name).write_text((ROOT / name).read_text())
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=root, check=True)
    (tmp_path / "products.csv").write_text("sku,title,description\n" + PRODUCTS)
    (tmp_path / "labels.csv").write_text(JUDGED)
    monkeypatch.chdir(root)
    return root


def init(*arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(main, ["init", *arguments], **options)


FILES = ("--items", "../products.csv", "--judgments", "../labels.csv")


def comments(root: Path) -> list[str]:
    return [line for line in (root / "params.yaml").read_text().splitlines() if line.lstrip().startswith("#")]


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file() and ".dvc/" not in str(path)}


def test_a_data_set_is_made_and_selected(project: Path) -> None:
    before = comments(project)
    result = init("mine", *FILES)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("mine: search can be measured on 120 items, 2 queries, 3 judgments.\n")
    assert "'grade' is 1 to 3, and 2 or more counts as relevant (75% of the judgments)" in result.output
    assert "1 row left out: the judgment has an unknown item_id, as '999'" in result.output
    assert result.output.endswith("Next: itemvec check\n      dvc repro && itemvec show\n")
    params = Params.load(project / "params.yaml")
    assert (params.dataset, params.recommenders, params.retrievers) == ("mine", [], ["exact", "hybrid"])
    assert (params.baselines, params.variants) == (["bm25"], ["full", "int8", "pca80", "pca64"])
    check_params(params)
    check_selected_data(Path("data"), params)
    assert (project / "data/mine/items.csv").read_text() == "sku,title,description\n" + PRODUCTS
    assert YAML(typ="safe").load(project / "data.dvc")["outs"][0]["nfiles"] == 2
    assert comments(project) == before


def test_a_dry_run_and_a_failure_write_nothing(project: Path) -> None:
    before = contents(project)
    assert init("mine", *FILES, "--dry-run").output.endswith("--dry-run: nothing was written\n")
    assert contents(project) == before
    (project / "dvc.yaml").write_text("stages: 7\n")  # so that `dvc add` fails
    before = contents(project)
    result = init("mine", *FILES)
    assert "`dvc add data` failed, nothing was changed" in result.output
    assert contents(project) == before
    assert not (project / "data" / "mine").exists()


def test_a_name_that_is_taken_needs_force(project: Path) -> None:
    assert "choose another name, or replace it with --force" in init("crowdflower", *FILES).output
    assert "may hold letters, digits" in init("my data", *FILES).output
    assert init("mine", *FILES).exit_code == 0
    before = contents(project)
    assert "data/mine is there already" in init("mine", *FILES).output
    assert contents(project) == before
    (project.parent / "labels.csv").write_text("keyword,sku,grade\nlamp 3,3,1\n")
    assert init("mine", *FILES, "--force").exit_code == 0
    assert (project / "data/mine/judgments.csv").read_text() == "keyword,sku,grade\nlamp 3,3,1\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no files are given; write `itemvec init NAME --items FILE`"),
        (("mine",), "no files are given"),
        (("mine", "--queries", "../labels.csv"), "init: no file of items"),
        (("mine", *FILES, "--clicks", "../labels.csv"), "give one of them"),
        (("mine", *FILES, "--encoding", "utf-99"), "encoding 'utf-99' is unknown"),
        (("mine", *FILES, "--gain", "many"), "--gain: 'many' is no number"),
        (("mine", "--items", "../products.csv"), "there is nothing to measure: add --judgments, or --interactions"),
        (("mine", *FILES, "--on-error", "refuse", "--columns", "grade=x"), "'grade' is no role"),
    ],
)
def test_what_is_missing_is_one_line(project: Path, arguments: tuple[str, ...], said: str) -> None:
    result = init(*arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") == 1


def test_queries_without_judgments_are_for_people_to_judge(project: Path) -> None:
    (project.parent / "asked.csv").write_text("id,query\n1,lamp 3\n2,lamp 5\n")
    result = init("mine", "--items", "../products.csv", "--queries", "../asked.csv")
    assert result.output.startswith("mine: search can be measured on 120 items, 2 queries, once people have judged.\n")
    assert "after the first `dvc repro`, `itemvec judge` asks people" in result.output
    assert result.output.endswith(
        "Next: itemvec check\n      dvc repro && itemvec judge\n      dvc repro && itemvec show\n"
    )
    assert (project / "data/mine/judgments/scale.json").exists()
    params = Params.load(project / "params.yaml")
    assert params.retrievers == ["exact", "hybrid"]
    assert check_selected_data(project / "data", params) == []


def test_times_split_and_rows_that_cannot_be_used_are_counted(project: Path) -> None:
    rows = "".join(f"u{n % 40},{n % 120},{1_600_000_000 + 1000 * n}\n" for n in range(600))
    (project.parent / "log.csv").write_text(f"user_id,item_id,timestamp\n{rows}u1,nothing,1600000000\n")
    arguments = ("mine", *FILES[:2], "--interactions", "../log.csv", "--dry-run")
    result = init(*arguments)
    assert result.output.startswith("mine: recommendation can be measured on 120 items, 600 interactions.\n")
    assert "split: by time, the last tenth of the interactions is the test; 60 cases of test, 60 of" in result.output
    assert "mine: 1 row left out: the interaction is with an item that has no text or is not there" in result.output
    assert "compared: profile, text-ease, sasrec, popular, ease, sasrec-id" in result.output
    refused = init(*arguments, "--on-error", "refuse")
    assert refused.exit_code == 1
    assert "item_id is not in products.csv" in refused.output.replace("items.csv", "products.csv")


def test_questions_are_asked_in_a_terminal(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (questions, session):
        monkeypatch.setattr(module, "is_asking", lambda: True)
    (project.parent / "labels.csv").write_text("keyword,sku,grade\nlamp 3,3,warm\nlamp 3,4,cold\n")
    result = init("mine", *FILES, input="1\n0\nn\n")
    assert result.exit_code == 1
    assert "Write data/mine and params.yaml? [Y/n]" in result.output
    assert not (project / "data").exists()
    result = init("mine", *FILES, "--yes", input="1\n0\n")
    assert result.exit_code == 0, result.output
    assert Params.load(project / "params.yaml").datasets["mine"]["gain"] == {"warm": 1.0, "cold": 0.0}
