"""What every page shares: templates that escape all texts, and a style and a script that stand on the page."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from itemvec.core.text import visible


def environment() -> Environment:
    """Every text is escaped, and what a reader could not see is written out."""
    return Environment(
        loader=PackageLoader("itemvec.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda one: visible(one) if isinstance(one, str) and not isinstance(one, Markup) else one,
    )


def inline() -> dict[str, Markup | str]:
    """Style and script as they stand on the page, and the policy that allows these and nothing else."""
    found = {name: files("itemvec.report").joinpath("templates", f"page.{name}").read_text() for name in ("css", "js")}
    style, script = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found.values())
    allowed = f"style-src 'sha256-{style}'; script-src 'sha256-{script}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    return {"style": Markup(found["css"]), "script": Markup(found["js"]), "policy": policy}  # noqa: S704
