"""What becomes of bad and odd inputs: how many of each kind are read, told of, or refused in one line."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import click
from tabulate import tabulate

from tests.datasets.odd_inputs import SOUND, odd_inputs
from tests.datasets.odd_outcomes import ALLOWED, OUTCOMES, outcome


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--all", "everything", is_flag=True, help="Print what became of each input, too.")
def main(everything: bool) -> None:
    """Read the inputs that the tests read, and print the outcomes by kind of data set. Run it from the repository.

    \b
    Example: python -m benchmarks.corpus
    """
    counts = {kind: Counter[str]() for kind in SOUND}
    with tempfile.TemporaryDirectory() as name:
        for place, odd in enumerate(odd_inputs()):
            found = outcome(odd, Path(name) / str(place))
            counts[odd.kind][found.outcome] += 1
            if everything or found.outcome not in ALLOWED:
                click.echo(f"{odd.name}: {found.outcome}: {found.said.replace(name, '')}")
    lines = [[kind, one.total(), *(one[way] for way in OUTCOMES)] for kind, one in counts.items()]
    lines.append(["all", *(sum(column) for column in list(zip(*lines, strict=True))[1:])])
    click.echo(tabulate(lines, ["kind", "inputs", *OUTCOMES], tablefmt="github"))


if __name__ == "__main__":
    main()
