"""All pages of the reference, each a function that makes its text from the code.

The pages are in git, so that the reference can be read, and linked to from the README, where the repository is browsed,
without the environment that building a site needs; and so that a pull request shows what it changes for users.
``make docs`` writes them and a test compares them with the code, so that none can be out of date.
"""

from collections.abc import Callable

from docs.generator.commands import commands
from docs.generator.datasets import datasets
from docs.generator.environment import environment
from docs.generator.files import files
from docs.generator.metrics import metrics
from docs.generator.models import models
from docs.generator.parameters import parameters
from docs.generator.root import ROOT
from docs.generator.stages import stages
from docs.generator.targets import targets

REFERENCE = ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "params.md": parameters,
    "models.md": models,
    "datasets.md": datasets,
    "cli.md": commands,
    "stages.md": stages,
    "metrics.md": metrics,
    "files.md": files,
    "env.md": environment,
    "make.md": targets,
}
