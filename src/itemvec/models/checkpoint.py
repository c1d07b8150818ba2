"""Finding the files of a checkpoint, and the revision that identifies them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from itemvec.core.errors import ParamsError
from itemvec.core.progress import progress
from itemvec.core.temporary import TemporaryFolder

PACKAGE = "package:"
# Weights as safetensors only: a pickle can run code when it is read.
WANTED = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "artifact.metadata"]  # the last is ColBERT's JSON
PICKLES = ["pytorch_model*.bin"]  # never loaded from here
CODE = ["*.py"]  # fetched where remote code is trusted
# How every library reads the files: from disk, and without running code that comes with them. Where the choice is left
# to transformers, it asks whoever sits at the terminal.
OURS: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}


@dataclass(frozen=True)
class Checkpoint:
    """A folder with weights, and its revision: a commit of the hub, or a hash of the files."""

    folder: Path
    revision: str


def resolve(name: str, revision: str | None = None, code: bool = False) -> Checkpoint:
    """Find the files of a checkpoint.

    Parameters
    ----------
    name
        ``package:NAME/FOLDER`` for weights that came with an installed package, a local folder, or a model of the
        Hugging Face hub, which is downloaded once.
    revision
        Branch, tag or commit of the hub; by default its default branch.
    code
        Whether the model's own Python code is wanted too. Of a folder or a package, ``revision`` must then be the hash
        of its files, which the error says: who writes it has read the code.

    Raises
    ------
    ParamsError
        There is no such package, folder or model; or its code is wanted, and ``revision`` is not the hash of its files.
    """
    if name.startswith(PACKAGE):
        folder = _in_package(name)
    elif Path(name).is_dir():
        folder = Path(name)
    else:
        folder = _from_hub(name, revision, code)
        return Checkpoint(folder, folder.name)  # the hub's cache names a snapshot by its commit
    content = _content(folder)
    if code and content != revision:
        raise ParamsError(
            f"model {name!r}: trust_remote_code: the files of this folder have the hash {content}, the row says "
            f"revision {revision!r}; read its code, then write the hash as revision"
        )
    return Checkpoint(folder, content)


def stored(name: str, revision: str | None = None) -> Path | None:
    """The folder of a checkpoint if it is on this machine; None if it would have to be fetched."""
    if name.startswith(PACKAGE):
        return _in_package(name)
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, "config.json", revision=revision)
    except HFValidationError:  # no name of the hub: `resolve` says so
        return None
    return Path(found).parent if isinstance(found, str) else None


def check_safetensors(folder: Path, subject: str) -> None:
    """Refuse weights that exist only as a pickle, which can run code when it is read; safetensors are required."""
    for path in sorted(folder.rglob("pytorch_model.bin")):
        if not path.with_name("model.safetensors").exists():
            inside = path.relative_to(folder)
            raise ParamsError(f"{subject}: its files cannot be loaded: {inside} is a pickle; convert it to safetensors")


@contextmanager
def configured(folder: Path, changes: Mapping[str, Any], code: Path | None = None) -> Iterator[Path]:
    """A temporary copy of a checkpoint's folder with ``changes`` made to its ``config.json``.

    Parameters
    ----------
    code
        A folder whose Python files are copied too. The classes that the configuration takes from other repositories of
        the hub (``REPOSITORY--module.Class``) are then taken from these files, so that the hub is not asked.
    """
    if not changes and code is None:
        yield folder
        return
    with TemporaryFolder() as place:
        for path in folder.iterdir():
            (Path(place) / path.name).symlink_to(path.resolve())
        config = Path(place) / "config.json"
        if not config.exists():
            raise ParamsError(f"checkpoint {folder.name!r} has no config.json to change; leave out config")
        entries = json.loads(config.read_text()) | dict(changes)
        if code is not None:
            for path in code.glob("*.py"):
                (Path(place) / path.name).unlink(missing_ok=True)
                (Path(place) / path.name).write_bytes(path.read_bytes())
            classes = {key: _own_class(value) for key, value in entries.get("auto_map", {}).items()}
            entries |= {"auto_map": classes} if classes else {}
        config.unlink()  # the link alone
        config.write_text(json.dumps(entries))
        yield Path(place)


def _own_class(named: Any) -> Any:
    """``module.Class`` of ``REPOSITORY--module.Class``."""
    return [_own_class(one) for one in named] if isinstance(named, list) else named and named.rpartition("--")[2]


def _in_package(name: str) -> Path:
    package, _, inside = name.removeprefix(PACKAGE).partition("/")
    spec = find_spec(package) if package.isidentifier() else None  # does not run the package
    folders = [Path(place) / inside for place in (spec.submodule_search_locations or [])] if spec else []
    for folder in folders:
        if folder.is_dir():
            return folder
    raise ParamsError(f"checkpoint {name!r}: no such folder in an installed package; run `make setup`")


def fetched_with_pickles(name: str, revision: str | None = None) -> Path:
    """The folder of a checkpoint with the pickles that ``resolve`` leaves behind; for conversion alone."""
    return Path(name) if Path(name).is_dir() else _from_hub(name, revision, False, PICKLES)


def _from_hub(name: str, revision: str | None, code: bool, others: Sequence[str] = ()) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()  # one per file: ours says that we wait
    try:
        with progress(None, f"checkpoint {name}", ""):
            return Path(snapshot_download(name, revision=revision, allow_patterns=[*WANTED, *CODE * code, *others]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, ConnectionError) as error:
        said = str(error).strip().splitlines()[0]
        raise ParamsError(
            f"checkpoint {name!r} is neither a folder nor a model the hub gave ({said}); check the name and the network"
        ) from None


def _content(folder: Path) -> str:
    """sha256 over names and bytes of all files below ``folder``."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()
