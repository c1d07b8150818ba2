"""Raw files of known data sets, brought into place and checked by hash."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from itemvec.errors import DatasetError
from itemvec.files import replacing
from itemvec.registry import suggest


@dataclass(frozen=True)
class PackageFiles:
    """Files that an installed package carries, with their sha256."""

    package: str
    folder: str
    sha256: dict[str, str]

    def copy(self, target: Path) -> None:
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
                if not (source / name).exists() or sha256(source / name) != expected:
                    raise DatasetError(
                        f"{target / name}: the installed {self.package!r} carries other bytes than {expected[:12]}...; "
                        "run `make setup` to get the pinned release"
                    )
                shutil.copyfile(source / name, partial / name)


SOURCES = {
    "movielens-100k": PackageFiles(
        "recbole",
        "dataset_example/ml-100k",
        {
            "ml-100k.inter": "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
            "ml-100k.item": "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
        },
    ),
}


def fetch(name: str, data: Path) -> str:
    """Bring the files of data set ``name`` into ``data / name`` and say what was done.

    Files that are there already are left alone: they may be yours.

    Raises
    ------
    DatasetError
        They are not there and there is no known source of them.
    """
    target = data / name
    present = target.is_dir() and any(target.iterdir())
    if name not in SOURCES:
        if not present:
            raise DatasetError(f"{target} is missing, and nothing is known to fetch it from{suggest(name, SOURCES)}")
        return f"{target}: in place"
    source = SOURCES[name]
    if not present:
        source.copy(target)
        return f"{target}: {len(source.sha256)} files, as published"
    changed = [file for file, expected in source.sha256.items() if _differs(target / file, expected)]
    if changed:
        return f"{target}: left as it is; {', '.join(changed)} differ from what was published"
    return f"{target}: in place, as published"


def _differs(path: Path, expected: str) -> bool:
    return not path.exists() or sha256(path) != expected


def sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
