"""The backends that can run a transformer: torch, OpenVINO and ONNX Runtime, with their dtypes and packages.

A backend changes vectors, so it is an option of a row and never chosen by the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itemvec.core.errors import ParamsError

Ids = NDArray[np.int64]
Body = Callable[[Any, Any], Any]  # ids and mask, int64 (n, length), to token vectors, float32 (n, length, width)


@dataclass(frozen=True)
class Backend:
    """Dtypes of a backend, and the packages besides torch whose versions can change its vectors."""

    dtypes: tuple[str, ...]
    packages: tuple[str, ...] = ()


BACKENDS = {
    "torch": Backend(("float32", "bfloat16", "float16")),
    "openvino": Backend(("float32", "bfloat16", "float16", "int8"), ("openvino", "nncf")),
    "onnx": Backend(("float32",), ("onnxruntime", "onnx", "onnxscript")),
}


def check(checkpoint: str, backend: str, dtype: str, calibration: str | None) -> None:
    """Refuse a combination of backend, dtype and calibration that does not exist."""
    if dtype not in BACKENDS[backend].dtypes:
        able = [name for name, one in BACKENDS.items() if dtype in one.dtypes]
        raise ParamsError(
            f"model {checkpoint!r}: backend {backend} knows dtype {', '.join(BACKENDS[backend].dtypes)}, not {dtype}; "
            f"{dtype} is for backend {', '.join(able)}"
        )
    if calibration is not None and dtype != "int8":
        raise ParamsError(f"model {checkpoint!r}: calibration is for dtype int8, not {dtype}; take the option away")


def versions(backend: str) -> dict[str, str]:
    """Versions of the packages that a backend needs besides torch."""
    found = {}
    for package in BACKENDS[backend].packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            raise ParamsError(
                f"model: backend {backend} needs the package {package}, which is not installed; "
                f"run: .uv/bin/uv pip install --python .venv/bin/python -c constraints.txt -e '.[{backend}]'"
            ) from None
    return found
