"""The report: results and measures in; tables, plots and one page out."""

from itemvec.report.page import write_report
from itemvec.report.tables import render

__all__ = ["render", "write_report"]
