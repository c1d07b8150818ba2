"""Checks of tables against suites of Great Expectations. No other module imports that library."""

import json
import os
from pathlib import Path
from typing import Any

from itemvec.core.errors import ExpectationError

SHOWN = 5  # offending ids in a message


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
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # older releases report usage
    import great_expectations as gx
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("frame").add_dataframe_asset(suite.stem)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    expected = ExpectationSuite(name=suite.stem, expectations=_expectations(suite))
    result = batch.validate(expected, result_format={"result_format": "SUMMARY", "unexpected_index_column_names": keys})
    broken = [_sentence(name, one, len(frame), keys) for one in result.results if not one.success]
    if broken:
        raise ExpectationError("\n".join(sorted(broken)))
    return len(result.results)


def _expectations(suite: Path) -> Any:
    try:
        return json.loads(suite.read_text(encoding="utf-8"))["expectations"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExpectationError(f"{suite}: not a suite of expectations ({error})") from None


def _sentence(table: str, one: Any, n_rows: int, keys: list[str]) -> str:
    config, found = one.expectation_config, one.result
    options = {name: value for name, value in config.kwargs.items() if name not in ("batch_id", "column", "mostly")}
    columns = config.kwargs.get("column") or ", ".join(config.kwargs.get("column_list", []))
    where = f"{table}: column {columns}" if columns else table
    rule = config.type.removeprefix("expect_") + (f" {options}" if options else "")
    if "unexpected_count" in found:
        rows = [_said(row, keys) for row in found.get("partial_unexpected_index_list", [])]
        first = ", ".join(list(dict.fromkeys(rows))[:SHOWN])
        said = f"{found['unexpected_count']:,} of {n_rows:,} rows break '{rule}', first {first}"
    elif "observed_value" in found:
        said = f"'{rule}' is broken, found {found['observed_value']}"
    else:
        said = f"'{rule}' could not be checked: {_cause(one.exception_info)}"
    return f"{where}: {said}; {config.meta.get('advice', 'see its suite in expectations/')}"


def _said(row: dict[str, Any], keys: list[str]) -> str:
    """The id of a row, with details in brackets."""
    more = ", ".join(f"{key} {str(row[key])!r}" for key in keys[1:])
    return repr(str(row[keys[0]])) + (f" ({more})" if more else "")


def _cause(info: Any) -> str:
    """The message of the exception that Great Expectations caught; it stores it under an id of its own."""
    messages = [part.get("exception_message") for part in (info, *info.values()) if isinstance(part, dict)]
    return " ".join(str(next(filter(None, messages), "unknown cause")).split())
