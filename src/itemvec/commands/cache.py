"""The command ``itemvec cache``: list, prune and verify the row cache."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click
from tabulate import tabulate

from itemvec.core.machine import cache_folder

SECONDS = {"h": 3600, "d": 86_400, "w": 604_800}
BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Age(click.ParamType[timedelta]):
    """A number of hours, days or weeks."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read ``90d``."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([hdw])", str(value).strip())
        if not match:
            self.fail(f"{value!r} is not an age; write 12h, 90d or 8w", param, ctx)
        return timedelta(seconds=float(match[1]) * SECONDS[match[2]])


class Size(click.ParamType[int]):
    """A number of bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read ``20GB``."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", str(value).strip(), re.IGNORECASE)
        if not match:
            self.fail(f"{value!r} is not a size; write 500MB, 20GB or 1TB", param, ctx)
        return int(float(match[1]) * BYTES[match[2].upper()])


@click.group()
def cache() -> None:
    """List, prune or verify the row cache. ITEMVEC_CACHE says where it lies.

    \b
    Example: itemvec cache list
    """


@cache.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the tables of the cache: one line per encoder and role, the most recently used first.

    Sizes are those on disk; on object storage, those of the newest version only.

    \b
    Example: itemvec cache list --json
    """
    from itemvec.store.housekeeping import entries

    folder = cache_folder()
    found = entries(folder)
    total = {
        "tables": len(found),
        "rows": sum(one.rows or 0 for one in found),
        "bytes": sum(one.bytes for one in found),
    }
    if as_json:
        tables = [asdict(one) | {"used": one.used.isoformat(timespec="seconds")} for one in found]
        click.echo(json.dumps({"folder": folder, "tables": tables, "total": total}, indent=2))
        return
    lines = [
        [one.fingerprint[:12], one.words, one.role, one.rows, _size(one.bytes), f"{one.used:%Y-%m-%d %H:%M}"]
        for one in found
    ]
    if lines:
        head = ["fingerprint", "encoder", "role", "rows", "size", "last used (UTC)"]
        click.echo(tabulate(lines, head, intfmt=",", missingval="-"))
    click.echo(f"{folder}: {total['tables']} tables, {total['rows']:,} rows, {_size(total['bytes'])}")


@cache.command()
@click.option("--older-than", type=Age(), help="Remove tables not used for this long, such as 90d.")
@click.option("--keep-under", type=Size(), help="Then remove the least recently used until the rest fits, as 20GB.")
@click.option("--dry-run", is_flag=True, help="Only print what would be removed.")
def prune(older_than: timedelta | None, keep_under: int | None, dry_run: bool) -> None:
    """Remove tables by age, by size, or both, and print what was removed. Texts are encoded again when needed.

    A table that a run is using is left alone. Object storage has no locks and does not record reads: there, age counts
    from the last write, and tables written within the last hour are left alone.

    \b
    Example: itemvec cache prune --older-than 90d --keep-under 20GB
    """
    from itemvec.store.housekeeping import prune as remove

    if older_than is None and keep_under is None:
        raise click.UsageError("say what to remove: --older-than 90d, --keep-under 20GB, or both")
    removals = remove(cache_folder(), older_than, keep_under, dry_run)
    for entry, reason, gone in removals:
        verb = ("would remove" if dry_run else "removed") if gone else "left alone, in use:"
        what = f"{entry.words}, {entry.role}, {entry.rows or 0:,} rows, {_size(entry.bytes)}"
        click.echo(f"{verb} {entry.fingerprint[:12]} ({what}): {reason}")
    freed = sum(entry.bytes for entry, _, gone in removals if gone)
    click.echo(f"{'would free' if dry_run else 'freed'} {_size(freed)}")


@cache.command()
@click.option("--remove-broken", is_flag=True, help="Remove the tables that are broken.")
@click.pass_context
def verify(context: click.Context, remove_broken: bool) -> None:
    """Read every table completely, and find files that cannot be read, vectors with NaN, and wrong widths.

    The exit status is 1 if a table is broken. Duplicate keys are counted; they are harmless and come from runs that
    encoded the same text at the same time. Tables that are not the cache's are left alone.

    \b
    Example: itemvec cache verify --remove-broken
    """
    from itemvec.store.housekeeping import remove
    from itemvec.store.housekeeping import verify as read

    broken = 0
    for entry, fault, duplicates in read(cache_folder()):
        click.echo(f"{entry.fingerprint[:12]} ({entry.words}, {entry.role}): {fault or 'sound'}", nl=False)
        click.echo(f", {duplicates:,} duplicate keys" if duplicates else "", nl=False)
        if fault and remove_broken:
            gone = remove(entry)
            why = "in use" if entry.rows is not None or "://" not in entry.folder else "does not say that it is a cache"
            click.echo("; removed" if gone else f"; {why}, not removed", nl=False)
            fault = "" if gone else fault
        click.echo()
        broken += bool(fault)
    if broken:
        advice = "stop what uses them and run again" if remove_broken else "run `itemvec cache verify --remove-broken`"
        click.echo(f"{broken} tables are broken; {advice}: their texts are then encoded again", err=True)
        context.exit(1)


def _size(n_bytes: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} {unit}" if unit == "B" else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} TB"
