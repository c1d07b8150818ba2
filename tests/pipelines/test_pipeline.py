"""What DVC re-executes, and what it does not."""

import json
from pathlib import Path

import pytest

from tests.pipelines.conftest import Done, Project

pytestmark = pytest.mark.pipeline

VARIANTS, RECOMMENDERS = ("full", "pca80"), ("profile", "sasrec")


def of_variant(name: str) -> set[str]:
    """Stages of one variant."""
    return {f"reduce@{name}", f"analyze@{name}", f"truncation@{name}", f"search@{name}-exact"} | {
        f"recommend@{name}-{recommender}" for recommender in RECOMMENDERS
    }


CONCLUSION = {"decide", "report"}
OF_FIRST = {"ablate_dimensions", "collaborative_similarity"}  # stages that look at the first variant alone
AFTER_EMBED = {"decompose"} | of_variant("full") | of_variant("pca80") | OF_FIRST | CONCLUSION
BEFORE_EMBED = {"check", "prepare", "validate"}
DIGESTS = {"digest@popular", "digest@bm25"}
BASELINES = DIGESTS | {"baseline@popular", "baseline@bm25", "capacity", "rerank@tiny"}


def test_the_whole_pipeline(finished: tuple[Project, Done]) -> None:
    project, done = finished
    assert done.executed == BEFORE_EMBED | BASELINES | {"embed"} | AFTER_EMBED
    assert "%|" not in done.output  # of a progress bar
    assert max(map(len, done.output.splitlines())) <= 400
    metrics = json.loads((project.root / "results" / "recommend" / "sasrec" / "full.json").read_text())
    assert metrics["queries"] > 30
    assert metrics["seeds"] == 2
    assert 0 < metrics["ndcg@10"]["low"] < metrics["ndcg@10"]["mean"] < metrics["ndcg@10"]["high"] < 1
    search = json.loads((project.root / "results" / "search" / "exact" / "full.json").read_text())
    assert search["groups"]["constructed: known item"]["mrr@10"]["mean"] > 0.9
    report = (project.root / "report" / "index.html").read_text()
    assert "Constructed queries." in report
    shown = project.run("itemvec", "show").output
    assert shown.startswith("Recommendation: ")
    assert "\nSearch: " in shown
    assert "Search, constructed: known item" in project.run("itemvec", "show", "--all").output
    assert str(Path("report") / "index.html") in shown
    assert project.run("git", "status", "--porcelain").output == ""


def test_a_second_run_executes_nothing(project: Project) -> None:
    done = project.dvc("repro")
    assert done.executed == set()
    assert "Data and pipelines are up to date." in done.output


def test_another_model_executes_embed_and_what_follows_and_the_way_back_decides_alone(project: Project) -> None:
    done = project.dvc("exp", "run", "-S", "model=lsa", "-S", "models.yaml:lsa.dim=64")
    assert done.executed == {"check", "embed"} | AFTER_EMBED
    diff = project.dvc("metrics", "diff").output
    assert len(diff.splitlines()) <= 40
    assert max(map(len, diff.splitlines())) <= 100
    row = next(line for line in diff.splitlines() if "search.json" in line and " known item / exact on full " in line)
    before, after, change = map(float, row.split()[-3:])
    assert after - before == pytest.approx(change, abs=1e-4)
    said = project.run("itemvec", "diff").output
    assert any(word in said.splitlines()[0].lower() for word in ("worse", "better", "no significant difference"))
    assert "workspace" in said
    assert "lsa" in said
    back = project.dvc("exp", "run", "-S", "model=minilm", "-S", "models.yaml:lsa.dim=256")
    assert back.executed == {"decide"}
    assert project.run("git", "status", "--porcelain").output == ""


def test_another_option_of_a_variant_executes_its_stages_alone(project: Project) -> None:
    project.edit("params.yaml", lambda text: text.replace("variance: 0.8", "variance: 0.7"))
    assert project.dvc("repro").executed == of_variant("pca80") | CONCLUSION


def test_a_new_variant_executes_its_stages_alone(project: Project) -> None:
    done = project.dvc("exp", "run", "-S", "variants=[full,pca80,pca64]")
    assert done.executed == {"check"} | CONCLUSION | of_variant("pca64")


def test_a_tuner_executes_its_stages_alone_and_its_verdict_is_shown(project: Project) -> None:
    """It learns from the histories of the slice, since all its queries are for testing."""
    assert project.run("itemvec", "tune").output.startswith("No tuner is selected, so run `dvc exp run")
    done = project.dvc("exp", "run", "-S", "tuners=[ridge]")
    of_ridge = {one.replace("@ridge", "_tuned@ridge") for one in of_variant("ridge")} - {"reduce_tuned@ridge"}
    assert done.executed == {"check", "tune@ridge"} | of_ridge | CONCLUSION
    said = project.run("itemvec", "tune", "--report").output
    assert said.startswith(("Tuning is not shown to pay", "Tuning pays", "Tuning does not pay"))
    assert "ridge: " in said
    assert "larger model" in said


def test_a_row_that_is_not_selected_executes_nothing(project: Project) -> None:
    project.edit("params.yaml", lambda text: text.replace("pca64: {kind: pca, dim: 64}", "pca64: {kind: pca, dim: 65}"))
    project.edit("models.yaml", lambda text: text.replace("kind: lsa\n  dim: 256", "kind: lsa\n  dim: 128"))
    assert project.dvc("repro").executed == set()


def test_a_remark_in_an_encoder_encodes_nothing_and_leaves_what_follows_alone(project: Project) -> None:
    before = project.digest("embeddings")
    project.edit("src/itemvec/encoders/sentence_transformer.py", lambda text: f"# a remark\n{text}")
    done = project.dvc("repro")
    assert done.executed == {"check", "embed"}
    assert "items: encoded 0 of " in done.output
    assert project.digest("embeddings") == before


def test_other_interactions_embed_nothing(project: Project) -> None:
    project.edit("data/movielens-100k/ml-100k.inter", lambda text: text.replace("\n1\t", "\n61\t", 1))
    done = project.dvc("repro", "embed")
    assert done.executed == {"prepare", "validate"}


def test_another_title_encodes_what_changed(project: Project) -> None:
    project.edit("data/movielens-100k/ml-100k.item", lambda text: text.replace("\tGoldenEye\t", "\tGoldenEye Again\t"))
    done = project.dvc("repro", "embed")
    assert done.executed == {"prepare", "validate", "embed"}
    assert "items: encoded 1 of " in done.output
    assert "queries: encoded 1 of " in done.output
    rest = project.dvc("repro", "baseline@popular", "capacity")
    assert rest.executed == {"digest@popular"}  # neither reads a text


def test_another_protocol_is_checked_at_once(project: Project) -> None:
    done = project.dvc("exp", "run", "-S", "recommend.depth=5", ok=False)
    assert done.executed == {"check"}
    assert "Error: recommend: ndcg@10 looks deeper than depth 5; raise depth" in done.output


def test_what_was_tried_is_listed_by_validation(project: Project) -> None:
    assert "No experiment of this commit" in project.run("itemvec", "tuned").output
    for dropout in ("0.1", "0.9"):
        project.dvc("exp", "run", "recommend@full-sasrec", "-S", f"++systems.sasrec.dropout={dropout}")
    said = project.run("itemvec", "tuned").output
    assert said.startswith("sasrec: best on validation with dropout 0.")
    assert "(of 2 tried)" in said


def test_show_says_whose_results_it_shows(project: Project) -> None:
    project.set(model="lsa")
    assert (
        "This answer is of model minilm; the parameters now select model lsa: run `dvc repro`."
        in project.run("itemvec", "show").output
    )


def test_a_clone_gets_everything_from_a_remote(project: Project, tmp_path: Path) -> None:
    project.dvc("remote", "add", "--default", "store", str(tmp_path / "store"))
    project.dvc("push")
    project.commit()
    project.run("git", "clone", "-q", ".", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone", tmp_path / "no-cache")
    assert "pulling the files of data.dvc" in clone.run("itemvec", "fetch").output
    clone.dvc("pull")
    assert clone.dvc("repro").executed == set()


def test_an_experiment_in_a_temporary_copy_runs_the_copys_code(project: Project) -> None:
    project.edit("src/itemvec/stages/reduce.py", lambda text: f"{text}\nprint('code', __file__)  # noqa: T201\n")
    done = project.dvc("exp", "run", "--temp", "reduce@pca80")
    code = next(line for line in done.output.splitlines() if line.startswith("code "))
    assert "/.dvc/tmp/exps/" in code
    assert code.endswith("/src/itemvec/stages/reduce.py")
