"""The report: metrics and measures in; tables, plots and one page out."""

from itemvec.report.page import write_report
from itemvec.report.results import Results, collect
from itemvec.report.tables import render

__all__ = ["Results", "collect", "render", "write_report"]
