from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from itemvec.core.columns import ATTRIBUTE
from itemvec.core.errors import ExpectationError
from itemvec.core.files import read_parquet, write_parquet
from itemvec.stages.validate import validate
from tests.stages.test_validate import SUITES, write


@pytest.mark.parametrize(
    ("table", "name", "column", "said"),
    [
        ("items", "brand", pa.array([["Acme"], []], ATTRIBUTE), ""),
        ("items", "brand", pa.array([["Acme"], None], ATTRIBUTE), "attributes_are_written: 1 of 2 rows.*'i2'"),
        ("items", "brand", pa.array([["Acme", " "], []], ATTRIBUTE), "attributes_are_written: 1 of 2 rows.*'i1'"),
        ("items", "brand", pa.array(["Acme", "Acme"]), "attributes_are_written: 2 of 2 rows"),
        ("interactions", "rating", pa.array([4.0, None]), ""),
        ("interactions", "rating", pa.array([4.0, np.inf]), "events_are_numbers: 1 of 2 rows.*finite numbers"),
    ],
)
def test_attributes_and_events_are_checked(tmp_path: Path, table: str, name: str, column: Any, said: str) -> None:
    paths = write(tmp_path)
    write_parquet(paths[table], read_parquet(paths[table]).append_column(name, column))
    if not said:
        assert validate(paths, SUITES)[table]["rows"] == 2
    else:
        with pytest.raises(ExpectationError, match=said):
            validate(paths, SUITES)
