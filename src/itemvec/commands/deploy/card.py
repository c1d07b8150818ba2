"""The card of an export: what was decided, on which data, how to load it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from itemvec import __version__
from itemvec.commands.deploy.export import Exported
from itemvec.core.errors import TableError
from itemvec.core.files import read_json, write_text
from itemvec.core.params import Params
from itemvec.core.text import visible
from itemvec.decision.tuning_text import tuning_sentence


def write_card(root: Path, params: Params, found: Exported, folder: Path) -> None:
    """Write ``folder/README.md`` in the form of the Hugging Face hub: a head in YAML, then text.

    Raises
    ------
    TableError
        The decision is of another model.
    """
    path = root / "decision.json"
    decision: dict[str, Any] = read_json(path) if path.exists() else {}
    if decision.get("model", params.model) != params.model:
        raise TableError(f"{path}: is of model {decision['model']!r}, not of {params.model!r}; run `dvc repro`")
    facts = decision.get("encoder", {})
    head: dict[str, Any] = {"library_name": "sentence-transformers", "pipeline_tag": "sentence-similarity"}
    if facts.get("licence"):
        head["license"] = str(facts["licence"]).lower()
    environment = Environment(
        loader=PackageLoader("itemvec.commands.deploy"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,  # Markdown takes HTML: names from data must not become tags
    )
    text = environment.get_template("card.md.j2").render(
        head=_yaml(head),
        found=found,
        params=params,
        facts=facts,
        sentences=[visible(one) for one in _sentences(decision.get("tasks", {}), found.variant)],
        inputs=decision.get("inputs", {}),
        version=__version__,
    )
    write_text(folder / "README.md", text)


def _sentences(tasks: dict[str, Any], variant: str) -> Iterator[str]:
    """The verdict of each task, and what was measured of tuning where the variant was tuned."""
    for task, facts in tasks.items():
        yield facts["sentence"]
        for one in facts.get("tuning", []):
            if one["variant"] == variant:
                yield tuning_sentence(facts["metric"], one, len(facts["groups"]) > 1, task)


def _yaml(value: dict[str, Any]) -> str:
    out = StringIO()
    YAML().dump(value, out)
    return str(out.getvalue())
