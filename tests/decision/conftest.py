"""The small run of the report's tests."""

from tests.report.conftest import folder, params, results

__all__ = ["folder", "params", "results"]
