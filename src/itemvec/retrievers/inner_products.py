"""Inner products of queries with a block of items, in a given precision, and the choice of those above a threshold."""

from __future__ import annotations

import warnings
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Floats, Ints

Precision = Literal["float32", "bfloat16", "int8"]
LEVELS = 127  # of int8, on either side of zero
LOWEST = np.float32(-(2.0**31))  # of int32
TOGETHER = 16  # products in a group; only groups whose maximum is above the threshold are searched


class Above(NamedTuple):
    """Products above the threshold of their query, in order of query and item.

    Rows of queries and of items are int64, products float32, all of shape (n,).
    """

    queries: Ints
    items: Ints
    products: Floats


def rounded(vectors: Floats, precision: Precision, step: float, device: str) -> Any:
    """Vectors as a tensor in the given precision; for int8 in units of ``step``, so products are in ``step ** 2``."""
    import torch

    held = tensor(vectors).to(device)
    if precision == "int8":
        return torch.round(held / step).clamp(-LEVELS, LEVELS).to(torch.int8)
    return held.bfloat16() if precision == "bfloat16" else held


def multiply(queries: Any, items: Any) -> Any:
    """``queries @ items.T``, summed in int32 or float32.

    On a CPU, bfloat16 is converted to float32 first, since its sums would be rounded too, by up to 1/256. On a GPU,
    int8 is converted to float32, which is exact for up to 1,040 dimensions. On AMD processors, oneDNN takes half the
    time of the BLAS that torch and numpy use, but torch calls it only in compiled models, by the operator used here.
    """
    import torch

    if queries.device.type != "cpu":
        if queries.dtype == torch.bfloat16:
            return torch.mm(queries, items.T, out_dtype=torch.float32)
        return torch.mm(queries.float(), items.float().T)
    if queries.dtype == torch.int8:
        return torch._int_mm(queries, items.T)
    if len(items) == 1:  # this takes another kernel, whose rounding would give equal items different scores
        return multiply(queries, items.expand(2, -1))[:, :1].contiguous()
    if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return torch.ops.mkldnn._linear_pointwise(queries.float(), items.float(), None, "none", [], "")
    return torch.mm(queries.float(), items.float().T)


def above(products: Any, threshold: Floats, k: int) -> Above:
    """Find the products above the thresholds, float32 of shape (n_queries,).

    If a threshold is minus infinity, products that are not among the ``k`` best of the block may be left out.
    """
    import torch

    n_items = products.shape[1]
    width = n_items // TOGETHER if n_items % TOGETHER == 0 else 0
    largest = products.view(-1, TOGETHER, width).amax(1) if width else products  # of items `width` apart
    raised = _raised(largest if width > k else products, threshold, k)
    if products.device.type != "cpu":
        rows, columns = (products > torch.from_numpy(raised).to(products.device)[:, None]).nonzero(as_tuple=True)
        return Above(rows.cpu().numpy(), columns.cpu().numpy(), products[rows, columns].float().cpu().numpy())
    table = products.numpy()
    whole = np.issubdtype(table.dtype, np.integer)
    least = np.floor(raised.clip(LOWEST)).astype(table.dtype) if whole else raised
    found = np.flatnonzero(largest.numpy() > least[:, None])
    rows, columns = np.divmod(found, max(width or n_items, 1))
    if not width:
        return Above(rows, columns, table.reshape(-1)[found].astype(np.float32))
    some = table.reshape(-1, TOGETHER, width)[rows, :, columns]
    found = np.flatnonzero(some > least[rows, None])
    group, member = np.divmod(found, TOGETHER)
    return Above(rows[group], columns[group] + member * width, some.reshape(-1)[found].astype(np.float32))


def _raised(largest: Any, threshold: Floats, k: int) -> Floats:
    """The thresholds; a missing one is replaced by a value that at least ``k`` of these products reach."""
    import torch

    none = np.isneginf(threshold)
    if not none.any() or k >= largest.shape[1]:
        return threshold
    some = largest[torch.from_numpy(none)].float()
    if some.device.type == "cpu":
        least = np.partition(some.numpy(), -k, axis=1)[:, -k]
    else:
        least = some.topk(k, dim=1).values[:, -1].cpu().numpy()
    raised = threshold.copy()
    raised[none] = np.nextafter(least, np.float32(-np.inf))
    return raised


def tensor(array: NDArray[Any]) -> Any:
    """A tensor of the same memory, without torch's warning about read-only memory: nobody writes to it."""
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(array)
