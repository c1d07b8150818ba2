"""The page of ``models.yaml``: every encoder there is a row for."""

from __future__ import annotations

from typing import Any

from docs.generator.root import yaml
from docs.generator.table import page, table

LEAD = """`model:` in `params.yaml`, or `dvc exp run -S model=NAME`, selects a row of `models.yaml`. Another model is
one more row; the options of a row are those of its [kind](params.md#kinds-of-encoders). A blank cell means that the
files of the checkpoint say it. Remarks on single rows, such as what could not be checked, stand in `models.yaml`
itself."""


def models() -> str:
    """The whole page."""
    rows = yaml("models.yaml")
    local = {name: row for name, row in rows.items() if row["kind"] == "sentence-transformer"}
    served = {name: row for name, row in rows.items() if row["kind"] == "api"}
    rest = {name: row for name, row in rows.items() if name not in local | served}
    return page(
        "Models",
        LEAD,
        "## On this machine",
        "Read by [sentence-transformer](params.md#sentence-transformer).",
        table(
            (
                "row",
                "checkpoint",
                "commit",
                "dims",
                "max tokens",
                "dtype",
                "prompts",
                "own code",
                "licence",
                "parameters",
            ),
            [_local(name, row) for name, row in local.items()],
        ),
        "## Behind an API",
        "Read by [api](params.md#api). The price is dollars for a million tokens.",
        table(
            ("row", "model", "dims", "price", "key in", "url"),
            [_served(name, row) for name, row in served.items()],
        ),
        "## Without weights",
        "Read by [lsa](params.md#lsa) and [hashing](params.md#hashing).",
        table(("row", "kind", "dims"), [[f"`{name}`", row["kind"], f"{row['dim']:,}"] for name, row in rest.items()]),
    )


def _local(name: str, row: dict[str, Any]) -> list[str]:
    prompts = [role for role in ("item", "query") if row.get(f"{role}_prompt")]
    return [
        f"`{name}`",
        f"`{row['checkpoint']}`",
        f"`{row['revision'][:10]}`" if "revision" in row else "",
        f"{row['dim']:,}",
        f"{row['max_tokens']:,}" if "max_tokens" in row else "",
        row.get("dtype", "float32"),
        " and ".join(prompts) or "none",
        "yes" if row.get("trust_remote_code") else "",
        row.get("licence", ""),
        _millions(row["parameters"]) if "parameters" in row else "",
    ]


def _millions(parameters: int) -> str:
    return f"{parameters / 1e9:.1f} billion" if parameters >= 1e9 else f"{parameters / 1e6:.0f} million"


def _served(name: str, row: dict[str, Any]) -> list[str]:
    return [
        f"`{name}`",
        f"`{row['checkpoint']}`",
        f"{row['dim']:,}",
        str(row.get("price", "")),
        f"`{row['key_variable']}`" if "key_variable" in row else "",
        f"`{row['url']}`",
    ]
