from pathlib import Path

import pytest
from click.testing import CliRunner

from itemvec.commands.main import main
from itemvec.core.errors import ParamsError


@pytest.mark.parametrize("out", ["data/rerankers/mine", "artifacts/../data/mine"])
def test_a_reranker_is_not_written_below_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    """data.dvc tracks that folder: weights in it would make every stage run anew."""
    (tmp_path / "artifacts" / "tables").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(main, ["train-reranker", out])
    assert found.exit_code != 0
    said = found.exception.message if isinstance(found.exception, ParamsError) else found.output
    assert f"{out}: lies below data/, which data.dvc tracks" in said
    assert "write it to artifacts/models/mine" in said
    assert not any((tmp_path / "data").iterdir())
