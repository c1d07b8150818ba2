"""Checks of tables against suites of Great Expectations. No other module imports that library."""

import gc
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itemvec.core.errors import ExpectationError

SHOWN = 5  # offending ids in a message
FIRST = 20  # offending rows that Great Expectations names
Expectation = dict[str, Any]  # ``type``, ``kwargs`` and ``meta``, as a suite has it


@dataclass
class Outcome:
    """What became of one expectation, on all rows that it was checked on so far.

    found
        Its numbers, as Great Expectations names them.
    first
        The first rows that break it: the values of their keys.
    """

    config: Any
    success: bool
    found: dict[str, Any]
    error: str = ""
    first: list[dict[str, Any]] = field(default_factory=list)


class Checker:
    """Great Expectations, asked about frames.

    Parameters
    ----------
    name
        Of the suite.
    keys
        Columns that name a row.
    """

    def __init__(self, name: str, keys: list[str]) -> None:
        os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # older releases report usage
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        self.name, self.keys = name, keys
        self._form = {"result_format": "SUMMARY", "unexpected_index_column_names": keys}
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: the arguments, of which it makes its own."""
        return type(self), (self.name, self.keys)

    def check(self, frame: Any, expectations: list[Expectation]) -> list[Outcome]:
        """The outcome of each expectation."""
        from great_expectations.core.expectation_suite import ExpectationSuite

        if "frame" in self._context.data_sources.all():
            self._context.data_sources.delete("frame")  # which holds the frame before
            gc.collect()  # what is left of it refers to itself in circles
        asset = self._context.data_sources.add_pandas("frame").add_dataframe_asset(self.name)
        batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
        expected = ExpectationSuite(name=self.name, expectations=expectations)
        results = batch.validate(expected, result_format=self._form).results
        return [_outcome(one) for one in results]


def meet(frame: Any, suite: Path, keys: list[str], name: str) -> int:
    """Check ``frame`` against ``suite`` and return the number of expectations it met.

    Parameters
    ----------
    frame
        pandas frame, called ``name`` in messages. The first of the columns ``keys`` identifies a row in a message, the
        others add details.
    suite
        JSON file with a list ``expectations`` of ``type``, ``kwargs`` and ``meta.advice``, which says what to do.

    Raises
    ------
    ExpectationError
        One line per broken expectation: table, column, how many rows, the first of them, what to do.
    """
    outcomes = Checker(suite.stem, keys).check(frame, expectations_of(suite))
    refuse_broken(outcomes, name, len(frame), keys)
    return len(outcomes)


def expectations_of(suite: Path) -> list[Expectation]:
    """The expectations of a JSON file.

    Raises
    ------
    ExpectationError
        It is none.
    """
    try:
        expectations: list[Expectation] = json.loads(suite.read_text(encoding="utf-8"))["expectations"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExpectationError(f"{suite}: not a suite of expectations ({error})") from None
    return expectations


def refuse_broken(outcomes: Iterable[Outcome], name: str, n_rows: int, keys: list[str]) -> None:
    """Say what is broken in the table ``name`` of ``n_rows`` rows.

    Raises
    ------
    ExpectationError
        One line per broken expectation.
    """
    broken = [_sentence(name, one, n_rows, keys) for one in outcomes if not one.success]
    if broken:
        raise ExpectationError("\n".join(sorted(broken)))


def _outcome(one: Any) -> Outcome:
    first = one.result.get("partial_unexpected_index_list") or []
    error = "" if one.result else _cause(one.exception_info)
    return Outcome(one.expectation_config, one.success, dict(one.result), error, first)


def _sentence(table: str, one: Outcome, n_rows: int, keys: list[str]) -> str:
    config, found = one.config, one.found
    options = {name: value for name, value in config.kwargs.items() if name not in ("batch_id", "column", "mostly")}
    columns = config.kwargs.get("column") or ", ".join(config.kwargs.get("column_list", []))
    where = f"{table}: column {columns}" if columns else table
    rule = config.type.removeprefix("expect_") + (f" {options}" if options else "")
    if "unexpected_count" in found:
        rows = [_said(row, keys) for row in one.first]
        first = ", ".join(list(dict.fromkeys(rows))[:SHOWN])
        said = f"{found['unexpected_count']:,} of {n_rows:,} rows break '{rule}', first {first}"
    elif "observed_value" in found:
        said = f"'{rule}' is broken, found {found['observed_value']}"
    else:
        said = f"'{rule}' could not be checked: {one.error}"
    return f"{where}: {said}; {config.meta.get('advice', 'see its suite in expectations/')}"


def _said(row: dict[str, Any], keys: list[str]) -> str:
    """The id of a row, with details in brackets."""
    more = ", ".join(f"{key} {str(row[key])!r}" for key in keys[1:])
    return repr(str(row[keys[0]])) + (f" ({more})" if more else "")


def _cause(info: Any) -> str:
    """The message of the exception that Great Expectations caught; it stores it under an id of its own."""
    messages = [part.get("exception_message") for part in (info, *info.values()) if isinstance(part, dict)]
    return " ".join(str(next(filter(None, messages), "unknown cause")).split())
