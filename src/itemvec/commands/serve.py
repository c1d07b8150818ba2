"""The command ``itemvec serve``: search and recommendation over HTTP, from exports."""

from __future__ import annotations

from pathlib import Path

import click

from itemvec.stages.stage import EXISTING

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("folder_b", type=FOLDER, required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8321, show_default=True, help="0 takes a free one.")
@click.option("--token", envvar="ITEMVEC_TOKEN", help="What requests must show; better in ITEMVEC_TOKEN.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that answer.")
@click.option("--interactions", type=EXISTING, help="Parquet file, to recommend to a user by id.")
def serve(
    folder: Path,
    folder_b: Path | None,
    host: str,
    port: int,
    token: str | None,
    workers: int,
    interactions: Path | None,
) -> None:
    """Serve what `itemvec export` has written into FOLDER, for a trial; with FOLDER_B, two systems side by side.

    The addresses are /search?q=, /recommend?history=, /health, /metrics, /openapi.json, and a page at /. Another
    export in the same place is taken while requests are answered. This is a reference: the export is the product.

    \b
    Example: itemvec serve deploy
             itemvec serve deploy-full deploy-pca64 --workers 2
    """
    from itemvec.commands.service.server import serve as run
    from itemvec.core.errors import ItemvecError

    if host not in ("127.0.0.1", "::1", "localhost") and not token:
        raise ItemvecError(f"serve: --host {host} is reached by others; set a token in ITEMVEC_TOKEN")
    if token is not None and (len(token) < 16 or not token.isascii() or not token.isprintable() or " " in token):
        raise ItemvecError("serve: the token must have 16 or more printable ASCII characters without blanks")
    folders = {"a": folder.absolute()} | ({} if folder_b is None else {"b": folder_b.absolute()})

    def ready(address: str) -> None:
        names = " and ".join(str(one) for one in folders.values())
        click.echo(f"{address} answers from {names}, with {workers} worker{'s' * (workers != 1)}; Ctrl-C stops it")

    answered, failed = run(folders, host, port, workers, token or "", interactions, ready)
    click.echo(f"stopped after {answered:,} requests, {failed:,} of them failed")
