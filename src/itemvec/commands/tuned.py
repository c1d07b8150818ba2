"""The command ``itemvec tuned``: what the experiments reached on validation."""

from pathlib import Path

import click


@click.command()
def tuned() -> None:
    """List the settings that experiments have tried, the best on validation first. The test is not looked at.

    `make tune` tries settings.

    \b
    Example: itemvec tuned
    """
    from tabulate import tabulate

    from itemvec.decision.tuning import tried

    found = tried(Path())
    if not found:
        click.echo("No experiment of this commit changed a row of systems; `make tune` tries settings.")
        return
    for system in dict.fromkeys(one.system for one in found):
        some = [one for one in found if one.system == system]
        best = some[0]
        settings = ", ".join(f"{key} {value}" for key, value in best.changed.items())
        click.echo(
            f"{system}: best on validation with {settings}: {best.metric} {best.mean:.4f} (of {len(some)} tried)\n"
        )
        keys = list(dict.fromkeys(key for one in some for key in one.changed))
        rows = [
            [one.experiment, *(one.changed.get(key, "") for key in keys), f"{one.mean:.4f}", _spread(one.sd)]
            for one in some
        ]
        click.echo(tabulate(rows, ["experiment", *keys, best.metric, "sd of seeds"], disable_numparse=True) + "\n")


def _spread(sd: float | None) -> str:
    return "-" if sd is None else f"{sd:.4f}"
