"""Where the raw files of known data sets come from, and by which hash they are known."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from itemvec.datasets.download import checksum, download
from itemvec.errors import DatasetError
from itemvec.files import replacing

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

    ``checksums`` names what is published, as ``md5:...`` or ``sha256:...``, by the same names as ``files``.
    """

    base: str
    files: list[str]
    checksums: dict[str, str] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """Names of its files."""
        return [Path(name).name for name in self.members or self.files]

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
                download(self.base + name, path)
            self._check(name, path)
            if self.members:
                _unpack(path, self.members, partial)
        seen = {name: checksum(partial / name) for name in self.names()}
        (partial / SUMS).write_text("".join(f"{value}  {name}\n" for name, value in seen.items()), encoding="utf-8")
        for left in set(partial.iterdir()) - {partial / name for name in (*self.names(), SUMS)}:
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
                with archive.open(member) as packed, (folder / Path(member).name).open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
    except (zipfile.BadZipFile, KeyError) as error:
        path.unlink()
        raise DatasetError(
            f"{path.name}: not the zip it should be ({error}); it was thrown away, run it again"
        ) from None


def _movielens(release: str, checksum: str, suffix: str) -> Download:
    archive = f"ml-{release}.zip"
    members = [f"ml-{release}/{name}.{suffix}" for name in ("ratings", "movies")]
    return Download("https://files.grouplens.org/datasets/movielens/", [archive], {archive: checksum}, members)


def _amazon(category: str) -> Download:
    """The files that the paper's code reads: products, and reviews split by time with no core taken."""
    split = [f"benchmark/0core/timestamp_w_his/{category}.{part}.csv.gz" for part in ("train", "valid", "test")]
    base = "https://mcauleylab.ucsd.edu/public_datasets/data/amazon_2023/"
    return Download(base, [f"raw/meta_categories/meta_{category}.jsonl.gz", *split])


SOURCES: dict[str, Source] = {
    "movielens-100k": PackageFiles(
        "recbole",
        "dataset_example/ml-100k",
        {
            "ml-100k.inter": "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
            "ml-100k.item": "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
        },
    ),
    # GroupLens publishes md5; the sha256 are those of tensorflow_datasets (url_checksums/movielens.txt).
    "movielens-1m": _movielens("1m", "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20", "dat"),
    "movielens-20m": _movielens(
        "20m", "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3", "csv"
    ),
    "movielens-32m": _movielens("32m", "md5:d472be332d4daa821edc399621853b57", "csv"),
    "amazon-all-beauty": _amazon("All_Beauty"),
    "amazon-video-games": _amazon("Video_Games"),
    "amazon-baby-products": _amazon("Baby_Products"),
}
