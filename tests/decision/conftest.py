"""The small run of the report's tests."""

from tests.report.conftest import decision, folder, params, results

__all__ = ["decision", "folder", "params", "results"]
