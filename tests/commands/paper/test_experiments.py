import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from dvc.utils.hydra import apply_overrides

from itemvec.commands.main import main
from itemvec.commands.paper.command import PUBLISHED, SMALL
from itemvec.commands.paper.experiments import Experiment, check_names, experiments
from itemvec.commands.paper.settings import Settings
from itemvec.core.errors import ParamsError
from itemvec.core.params import MODELS, Params
from itemvec.stages.check import check_params
from tests.conftest import ROOT

SETTINGS = {name: Settings.load(ROOT / name) for name in (PUBLISHED, SMALL)}


def applied(one: Experiment, folder: Path) -> Params:
    """The parameters of an experiment, as DVC writes them."""
    for file, prefix in (("params.yaml", ""), (MODELS, f"{MODELS}:")):
        shutil.copy(ROOT / file, folder)
        some = [line.removeprefix(prefix) for line in one.overrides if line.startswith(MODELS) == bool(prefix)]
        apply_overrides(folder / file, some)
    return Params.load(folder / "params.yaml")


@pytest.mark.parametrize("name", SETTINGS)
def test_every_name_is_a_row(name: Path) -> None:
    check_names(SETTINGS[name], Params.load(ROOT / "params.yaml"))


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("task", ["recommend", "search"])
def test_its_parameters_are_valid_with_every_defect(name: Path, task: str, tmp_path: Path) -> None:
    settings = SETTINGS[name]
    wanted = [one for one in experiments(settings, settings.chosen_defects("all")) if one.task == task]
    params = applied(wanted[-1], tmp_path)
    check_params(params)
    assert (params.dataset, params.model) == (wanted[-1].dataset, wanted[-1].model)
    if task == "search":
        assert params.search.judge == "pair"
        assert params.reducers["pca80"]["centre"] == "queries"
        assert params.reducers["pca80"]["seeded"] is False
        assert params.systems["bm25"]["length"] == "corpus"
    else:
        assert params.recommend.mask_history is False
        assert params.recommend.split == {"kind": "given", "max_history": 50}
        assert "ease" not in params.baselines


def test_every_encoder_is_cut_where_the_authors_cut() -> None:
    models, settings = Params.load(ROOT / "params.yaml").models, SETTINGS[PUBLISHED]
    for one in experiments(settings, [], {"esci-paper"}):
        row = models[one.model] | settings.encoders.get(one.model, {})
        assert row["kind"] == "api" or row["max_tokens"] == 512, one.model
        changed = [line for line in one.overrides if line.startswith(MODELS)]
        assert changed == [f"{MODELS}:++{one.model}.max_tokens=512"] * (one.model in settings.encoders)


def test_one_experiment_for_each_data_set_and_encoder() -> None:
    settings = SETTINGS[PUBLISHED]
    found = experiments(settings, ["pairs"])
    assert len(found) == 3 * 5 + 2 * 11 == len({one.name for one in found})
    (one,) = experiments(settings, ["own-mean"], {"esci-paper"}, {"kalm-v1"})
    assert (one.name, one.targets) == ("paper-esci-paper-kalm-v1-own-mean", ["analyze", "search", "baseline"])
    with pytest.raises(ParamsError, match="--encoders: 'kalm' is not compared; did you mean 'kalm-v1'"):
        experiments(settings, [], None, {"kalm"})
    with pytest.raises(ParamsError, match="defects has no 'own'"):
        settings.chosen_defects("own")
    assert settings.chosen_defects("none") == []


def test_the_plan_of_what_is_not_here_costs_what_the_publisher_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon-C4: 1,058,417 * 538.97 and 21,223 * 229.89 letters, four a token, at $0.13 for a million."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, ["paper", "--dry", "--datasets", "amazon-c4-paper", "--data", "nowhere"])
    assert result.exit_code == 0, result.output
    tokens = (1_058_417 * 538.97 + 21_223 * 229.89) / 4
    row = next(line.split() for line in result.output.splitlines() if "openai-3-large" in line)
    assert row[2:5] == ["1,058,417", "21,223", f"{tokens / 1e6:.2f}"]
    assert row[-1] == f"{tokens / 1e6 * 0.13:.2f}"
    assert "- pairs: a query counts once for each product that answers it" in result.output


def test_data_that_is_not_here_is_named_and_nothing_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, ["paper", "--data", "nowhere", "--datasets", "esci-paper"])
    assert result.exit_code == 1
    assert "nowhere: lacks esci-paper; `itemvec fetch NAME` brings" in result.output


def test_a_plan_of_small_files_measures_what_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files and estimates are made, and nothing stays."""
    monkeypatch.chdir(ROOT)
    few = ("--datasets", "small-c4", "--encoders", "hashing", "--data", "nowhere")
    result = CliRunner().invoke(main, ["paper", "--small", "--dry", *few])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("1 experiments; ")
    (row,) = (line.split() for line in result.output.splitlines() if line.startswith("small-c4"))
    assert row[2:4] == ["120", "40"]
    assert row[-3:-1] == ["s", "-"]  # seconds here, no memory of weights
    assert not (ROOT / "nowhere").exists()
