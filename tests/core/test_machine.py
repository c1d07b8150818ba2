from pathlib import Path

import pytest

from itemvec.core.errors import ParamsError
from itemvec.core.machine import cache_folder, engine, torch_device, training_folder, worker_cpus


def test_the_engine_is_one_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ITEMVEC_ENGINE", raising=False)
    assert engine() == "local"
    monkeypatch.setenv("ITEMVEC_ENGINE", "ray")
    assert engine() == "ray"
    monkeypatch.setenv("ITEMVEC_ENGINE", "spark")
    with pytest.raises(ParamsError, match="ITEMVEC_ENGINE is 'spark'; it can be local or ray"):
        engine()


def test_a_worker_takes_a_whole_number_of_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ITEMVEC_WORKER_CPUS", raising=False)
    assert worker_cpus() is None
    monkeypatch.setenv("ITEMVEC_WORKER_CPUS", "3")
    assert worker_cpus() == 3
    for wrong in ("0", "-1", "1.5", "all"):
        monkeypatch.setenv("ITEMVEC_WORKER_CPUS", wrong)
        with pytest.raises(ParamsError, match="must be a number of CPUs, 1 or more"):
            worker_cpus()


def test_checkpoints_of_training_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITEMVEC_CACHE", "/some/where")
    assert training_folder() == Path("/some/where/training")
    monkeypatch.setenv("ITEMVEC_CACHE", "s3://bucket/rows")
    assert training_folder().is_absolute()
    assert training_folder().name == "training"


def test_a_device_is_one_that_torch_has(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setenv("ITEMVEC_DEVICE", "cpu")
    assert torch_device() == "cpu"
    monkeypatch.setenv("ITEMVEC_DEVICE", "gpu")
    with pytest.raises(ParamsError, match="ITEMVEC_DEVICE is 'gpu', which torch does not know"):
        torch_device()
    monkeypatch.setenv("ITEMVEC_DEVICE", "cuda:7")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ParamsError, match="ITEMVEC_DEVICE is 'cuda:7', but torch finds no GPU"):
        torch_device()


def test_a_file_is_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text("")
    monkeypatch.setenv("ITEMVEC_CACHE", str(tmp_path / "rows"))
    with pytest.raises(ParamsError, match="is a file; name a folder"):
        cache_folder()
