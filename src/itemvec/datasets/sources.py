"""Ways in which raw files come: out of a package, from the network, or by hand."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from itemvec.core.errors import DatasetError
from itemvec.core.files import replacing
from itemvec.datasets.download import checksum, download

SUMS = "SHA256SUMS"  # what came, where nobody publishes what should


class Source(Protocol):
    """Brings the files of one data set."""

    def names(self) -> list[str]:
        """Names of its files."""
        ...

    def bring(self, target: Path) -> str:
        """Make the folder ``target``, whole or not at all, and say how far its files are known."""
        ...

    def expected(self, target: Path) -> dict[str, str]:
        """sha256 of the files as published, or as they were when they came into ``target``; as far as known."""
        ...


@dataclass(frozen=True)
class PackageFiles:
    """Files that an installed package carries, with their sha256."""

    package: str
    folder: str
    sha256: dict[str, str]

    def names(self) -> list[str]:
        """Names of its files."""
        return list(self.sha256)

    def expected(self, target: Path) -> dict[str, str]:  # noqa: ARG002
        """sha256 as published."""
        return self.sha256

    def bring(self, target: Path) -> str:
        """Copy the files into ``target``; all of them or none.

        Raises
        ------
        DatasetError
            The package is not installed, or carries other bytes.
        """
        spec = find_spec(self.package)  # does not run the package
        if spec is None or not spec.submodule_search_locations:
            raise DatasetError(f"{target}: comes with the package {self.package!r}, which is missing; run `make setup`")
        source = Path(spec.submodule_search_locations[0]) / self.folder
        with replacing(target) as partial:
            partial.mkdir()
            for name, expected in self.sha256.items():
                if not (source / name).exists() or checksum(source / name) != expected:
                    raise DatasetError(
                        f"{target / name}: the installed {self.package!r} carries other bytes than {expected[:12]}...; "
                        "run `make setup` to get the pinned release"
                    )
                shutil.copyfile(source / name, partial / name)
        return "as published"


@dataclass(frozen=True)
class Download:
    """Files at addresses that start with ``base``; a zip, of which ``members`` are taken out, or files as they are.

    Members keep the folders they have inside the one folder of the zip. ``checksums`` names what is published, as
    ``md5:...`` or ``sha256:...``, by the same names as ``files``.
    """

    base: str
    files: list[str]
    checksums: dict[str, str] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """Names of its files."""
        return [_inside(member) for member in self.members] or [Path(name).name for name in self.files]

    def expected(self, target: Path) -> dict[str, str]:
        """sha256 as they were when they came."""
        sums = target / SUMS
        lines = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []
        return {name: value for value, _, name in (line.partition("  ") for line in lines)}

    def bring(self, target: Path) -> str:
        """Download into a folder beside ``target``, which a later call finds again, and rename it when all is there.

        Raises
        ------
        DatasetError
            A file does not come, or not as published.
        """
        partial = target.with_name(f".{target.name}.download.partial")
        for name in self.files:
            path = partial / Path(name).name
            if not path.exists():
                download(self.base + name, path, has_checksum=name in self.checksums)
            self._check(name, path)
            if self.members:
                _unpack(path, self.members, partial)
        seen = {name: checksum(partial / name) for name in self.names()}
        (partial / SUMS).write_text("".join(f"{value}  {name}\n" for name, value in seen.items()), encoding="utf-8")
        for left in set(partial.iterdir()) - {partial / name.split("/")[0] for name in (*self.names(), SUMS)}:
            left.unlink()
        if target.exists():
            target.rmdir()  # empty, else nothing would have been brought
        partial.rename(target)
        if set(self.files) <= set(self.checksums):
            return "as published"
        return f"of which no checksum is published; {SUMS} holds what came"

    def _check(self, name: str, path: Path) -> None:
        algorithm, _, expected = self.checksums.get(name, "").partition(":")
        if expected and checksum(path, algorithm) != expected:
            path.unlink()
            raise DatasetError(
                f"{self.base}{name}: {algorithm} is not the published {expected[:12]}..., so it was thrown away; "
                "run it again, and if it stays so, do not use it"
            )


def _unpack(path: Path, members: list[str], folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in members:
                path_inside = folder / _inside(member)
                path_inside.parent.mkdir(exist_ok=True)
                with archive.open(member) as packed, path_inside.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
    except (zipfile.BadZipFile, KeyError) as error:
        path.unlink()
        raise DatasetError(
            f"{path.name}: not the zip it should be ({error}); it was thrown away, run it again"
        ) from None


def _inside(member: str) -> str:
    return member.partition("/")[2]


@dataclass(frozen=True)
class ByHand:
    """Files that nobody may hand on, and how to get them."""

    files: list[str]
    advice: str

    def names(self) -> list[str]:
        """Names of its files."""
        return self.files

    def expected(self, target: Path) -> dict[str, str]:  # noqa: ARG002
        """Nothing is known of them."""
        return {}

    def bring(self, target: Path) -> str:
        """Say how to get them.

        Raises
        ------
        DatasetError
            Always.
        """
        raise DatasetError(
            f"{target} is missing, and {' and '.join(self.files)} must be brought by hand: {self.advice}"
        )
