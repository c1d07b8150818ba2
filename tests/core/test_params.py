from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from itemvec.core.errors import ParamsError
from itemvec.core.params import MODELS, SELECTORS, Params
from tests.conftest import ROOT


def write(path: Path, **changes: Any) -> Path:
    """The project's own params.yaml, and models.yaml, with some keys changed, or left out where the change is None."""
    models = changes.pop("models", None) or YAML(typ="safe").load(ROOT / MODELS)
    YAML(typ="safe").dump(models, path.with_name(MODELS))
    raw = YAML(typ="safe").load(ROOT / "params.yaml") | changes
    YAML(typ="safe").dump({key: value for key, value in raw.items() if value is not None}, path)
    return path


def test_the_projects_own_params_hold_together() -> None:
    params = Params.load(ROOT / "params.yaml")
    assert params.models[params.model]["kind"] == "sentence-transformer"
    assert params.recommend.metrics[0] == "ndcg@10"


def test_selectors_and_tables_are_keys() -> None:
    assert {*SELECTORS, *SELECTORS.values()} <= {field.name for field in fields(Params)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"modle": "minilm"}, "unknown option 'modle'; did you mean 'model'?"),
        ({"model": None}, "option 'model' is missing"),
        ({"model": "minilmm"}, "model: models has no row 'minilmm'; did you mean 'minilm'?"),
        ({"variants": ["full", "pca65"]}, "variants: reducers has no row 'pca65'; did you mean"),
        ({"variants": []}, "variants: name at least one row of reducers"),
        ({"variants": "full"}, "option 'variants' is 'full'"),
        ({"tuners": ["rigde"]}, "tuners: tunings has no row 'rigde'; did you mean 'ridge'?"),
        ({"tuners": ["full"], "tunings": {"full": {"kind": "ridge"}}}, "tuners: 'full' is also a row of reducers"),
        ({"variants": ["full", "full"]}, "variants: a row is named twice in full, full"),
        ({"baselines": ["eas"]}, "baselines: systems has no row 'eas'; did you mean 'ease'?"),
        ({"seed": -1}, "option 'seed' is -1"),
        ({"search": {"depth": 10}}, "search: option 'metrics' is missing"),
        ({"search": {"depth": 10, "metrics": [], "dept": 1}}, "search: unknown option 'dept'; did you mean 'depth'?"),
        ({"rerank": {"first": "x", "depth": 0}}, "rerank: option 'depth' is 0"),
        ({"rerankers": None}, "option 'rerankers' is missing"),
        ({"search": 3}, "option 'search' is 3"),
        (
            {"search": {"depth": 10, "metrics": [], "split": {"validate": 0.2}}},
            "option 'split' is {'validate': 0.2}: 'validate': Input should be 'validation'",
        ),
        (
            {"search": {"depth": 10, "metrics": [], "split": {"validation": 1.0}}},
            "option 'split' is {'validation': 1.0}: 'validation': Input should be less than 1",
        ),
        (
            {"search": {"depth": 10, "metrics": [], "split": 0.2}},
            "option 'split' is 0.2: Input should be 'given' or a valid dictionary",
        ),
        ({"dataset": "../x", "datasets": {"../x": {"kind": "tables"}}}, "name '../x' may hold letters"),
        ({"dataset": "v1.5", "datasets": {"v1.5": {"kind": "tables"}}}, "name 'v1.5' may hold letters"),
        ({"models": {"minilm": "hashing"}}, "models.yaml: row 'minilm' is 'hashing'; write its options"),
        ({"datasets": {"mine": None}}, "params.yaml: datasets: row 'mine' is None; write its options, as {kind: ...}"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ParamsError) as error:
        Params.load(write(tmp_path / "params.yaml", **changes))
    assert said in error.value.message
    assert not error.value.message.split(said)[1].startswith("; Input")  # nothing of the forms that were not meant
    assert "\n" not in error.value.message


def test_rows_of_models_have_a_file_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path / "params.yaml")
    (tmp_path / MODELS).unlink()
    with pytest.raises(ParamsError, match=r"models\.yaml: No such file"):
        Params.load(path)
    path.write_text(f"{path.read_text()}\nmodels: {{}}\n")
    with pytest.raises(ParamsError, match=r"rows of models lie in models\.yaml"):
        Params.load(path)


@pytest.mark.parametrize("text", ["seed: [", "- a\n- b\n", "", "\tx"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(ParamsError, match=r"params\.yaml: "):
        Params.load(path)


def test_numbers_are_read_as_dvc_reads_them(tmp_path: Path) -> None:
    """YAML 1.2: 1e-3 is a number and `no` is a word, unlike in YAML 1.1."""
    path = write(tmp_path / "params.yaml")
    path.write_text(path.read_text().replace("seed: 42", "seed: 4.2e1"))
    with pytest.raises(ParamsError, match=r"option 'seed' is 42\.0"):
        Params.load(path)


def test_a_missing_file_says_where_to_be(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"params\.yaml: No such file or directory; run this in the root"):
        Params.load(tmp_path / "params.yaml")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: 1}\n" + "".join(
    f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 10)}]}}\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("text", [BOMB, MERGES, "a: &a [*a]\n"])
@pytest.mark.parametrize("name", ["params.yaml", MODELS])
def test_aliases_that_stand_for_too_much_are_refused_before_they_are_read(tmp_path: Path, text: str, name: str) -> None:
    path = write(tmp_path / "params.yaml")
    (tmp_path / name).write_text(text)
    with pytest.raises(
        ParamsError,
        match=r"(holds itself, by its alias \(\*name\)|aliases \(\*name\) stand for more than 100,000 values)",
    ):
        Params.load(path)


def test_a_few_aliases_are_welcome(tmp_path: Path) -> None:
    path = write(tmp_path / "params.yaml")
    path.write_text(
        path.read_text().replace("depth: 100", "depth: &depth 100", 1).replace("depth: 100", "depth: *depth", 1)
    )
    assert "*depth" in path.read_text()
    assert Params.load(path).search == Params.load(ROOT / "params.yaml").search


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a: 2001-02-30", "not valid YAML"),
        ("a: \x01", "not valid YAML"),
    ],
)
def test_what_yaml_cannot_read_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path / "params.yaml")
    path.write_text(text)
    with pytest.raises(ParamsError, match=said) as caught:
        Params.load(path)
    assert "\n" not in caught.value.format_message()
