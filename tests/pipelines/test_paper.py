"""The comparison of arXiv 2507.05006 in miniature: small files, the real readers, a real DVC."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from itemvec.commands.paper.claims import CLAIMS
from itemvec.commands.paper.command import SMALL
from itemvec.commands.paper.small_files import write_small_files
from tests.conftest import ROOT
from tests.pipelines.conftest import Project, copy_of_this_checkout

pytestmark = pytest.mark.pipeline


def test_from_small_files_to_the_page_of_claims(tmp_path: Path) -> None:
    """One data set, one encoder and one variant, since each stage takes seconds; test_claims.py has the rest."""
    project = Project(tmp_path / "project", tmp_path / "cache")
    copy_of_this_checkout(project.root)
    write_small_files(project.root / "data", items=24, users=20, queries=20)
    settings = YAML(typ="safe").load(ROOT / SMALL)
    settings["search"] |= {"variants": ["full"], "baselines": []}
    YAML().dump(settings, project.root / SMALL)
    project.run("git", "init", "-q")
    project.dvc("add", "--quiet", "data")
    project.commit()
    few = ("--datasets", "small-esci", "--encoders", "hashing")
    done = project.run("itemvec", "paper", "--small", "--run", *few)
    assert "1 experiments are queued; 0 were finished before." in done.output
    said = [line for line in done.output.splitlines() if line.startswith(("shown", "not shown"))]
    assert len(said) == len(CLAIMS)
    assert "shown: The effective dimension lies well below the nominal one." in said
    assert "small-esci, hashing" in (project.root / "report" / "paper" / "claims.md").read_text()
    again = project.run("itemvec", "paper", "--small", *few)
    assert "0 experiments are queued; 1 were finished before." in again.output
