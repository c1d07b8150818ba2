"""A catalogue of your own, as plain tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from itemvec.core.columns import ITEM, PART, TEXT, TIME, USER
from itemvec.core.errors import ParamsError
from itemvec.core.options import Positive
from itemvec.core.registry import checked as built
from itemvec.datasets.attributes import check_names
from itemvec.datasets.base import DATASETS, Tables, as_tables
from itemvec.datasets.click_gains import ClickTraining
from itemvec.datasets.counted_times import Unit
from itemvec.datasets.delimited import Form
from itemvec.datasets.gains import Gain
from itemvec.datasets.graded_judgments import judged_tables, unique_items, unique_judgments, unique_queries
from itemvec.datasets.item_text import fields_of
from itemvec.datasets.k_core import k_core
from itemvec.datasets.known_items import with_known_items
from itemvec.datasets.named_columns import Named, names_of
from itemvec.datasets.one_file import judged_file
from itemvec.datasets.own_clicks import CLICKS, with_clicks
from itemvec.datasets.own_files import ROLES, OwnFiles
from itemvec.datasets.own_generated import with_generated
from itemvec.datasets.own_tables import OwnTables
from itemvec.datasets.quotes import Quotes
from itemvec.datasets.reading import is_collecting
from itemvec.datasets.survey import survey
from itemvec.datasets.text_encoding import checked


@DATASETS.register("tables")
@dataclass(frozen=True)
class PlainTables:
    """Your own tables: ``items`` and, as far as you have them, ``interactions``, ``queries`` and ``qrels``.

    Each is a ``.csv``, ``.tsv``, ``.jsonl``, ``.parquet`` or ``.xlsx`` file with the columns of its table, or one of
    these packed as ``.gz`` or ``.zst``. Names of columns match without regard to case and blanks. A judgment without a
    ``gain`` has gain 1. ``group`` of a query names the slice it is reported in. ``split`` of an interaction or a query
    is its part in a split of your own. Of rows with the same id the first counts, of judgments of the same query and
    item the highest; the others are counted.

    Parameters
    ----------
    text
        Columns that make the text of an item, joined with ". " where several are not empty.
    template
        The text of an item as a sentence with names of columns, ``{title} by {brand}``, instead of ``text``.
    columns
        How your files call the columns, as ``{item_id: product_uid, text: [title, description]}``. ``query`` is the
        text of a query. ``gain: []`` says that every judgment has gain 1, ``timestamp: []`` that interactions are in
        order of time. A name that holds in one table alone stands below that table, as ``{items: {item_id: id}}``.
    attributes
        Further columns of the items to keep, such as ``[category, brand]``: a text, or in JSON lines and Parquet a list
        of texts, for recommenders that take conditions.
    events
        Further columns of the interactions to keep, such as ``[rating]``: numbers, or yes and no, for recommenders that
        have several objectives.
    judgments
        One file that has a query, a product and its relevance in each row, instead of ``queries`` and ``qrels``. The
        items are those of the file ``items``, if there is one. Else rows of the same ``item_id`` are one item; without
        such a column those of the same text are.
    gain
        The least grade that is relevant, as ``2``: lower grades have gain 0. Or the gain of each label, as
        ``{Exact: 1, Partial: 0.5, Irrelevant: 0}``. By default the numbers are the gains.
    clicks
        Train on the file ``clicks``, of which each row is an impression: ``query`` (its words) or ``query_id``,
        ``item_id``, ``position``, ``clicked``, and if noted ``dwell`` (seconds) and ``session``. It is the model that
        corrects for position: ``all-pairs``, ``em`` or ``cascade``; or a mapping with ``model``, ``clip``,
        ``least_looks``, ``least_share``, ``least_dwell`` and ``reformulated``. Validation and test stay as judged.
    generated
        Train on a file of queries that a model wrote for items, as ``itemvec generate-queries`` makes it: ``query``,
        ``item_id`` and, by default 1, ``gain``.
    timestamp_unit
        Unit of times that are numbers: ``s``, ``ms``, ``us`` or ``ns``. By default their size tells.
    encoding
        Of text files, as ``cp1252``. By default UTF-8, or what the file shows.
    separator
        Between the fields of a ``.csv`` file. By default what its header shows.
    quotes
        What a quote within a value is: ``doubled``, after a ``backslash``, or with ``none`` a letter as any other.
    markup
        ``keep`` texts of items as they are, or ``remove`` the tags and entities of HTML.
    on_error
        ``refuse`` rows that cannot be used, or ``drop`` them: items that have no text, interactions and judgments of
        unknown items, queries to which nothing is relevant. What is dropped is counted.
    min_interactions
        Leave out users and items with fewer interactions, until all that are left have that many.
    """

    text: list[str] = field(default_factory=lambda: [TEXT])
    template: str | None = None
    columns: Named = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    judgments: str | None = None
    gain: Gain | dict[str | int, Gain] | None = None
    clicks: Literal["all-pairs", "em", "cascade"] | dict[str, str | float] | None = None
    generated: str | None = None
    timestamp_unit: Unit | None = None
    encoding: str | None = None
    separator: str | None = None
    quotes: Quotes = "doubled"
    markup: Literal["keep", "remove"] = "keep"
    on_error: Literal["refuse", "drop"] = "refuse"
    min_interactions: Positive = 1

    def __post_init__(self) -> None:
        where = "dataset tables"
        if not self.text or self.columns.get("text", [TEXT]) == []:
            raise ParamsError(f"{where}: text names no column; name at least one")
        if self.text != [TEXT] and (self.template or "text" in self.columns):
            raise ParamsError(f"{where}: text is named twice; keep one of text, template and columns: {{text: ...}}")
        names_of(self.columns)
        check_names(self.attributes, (ITEM, TEXT), f"{where}: attributes")
        check_names(self.events, (USER, ITEM, TIME, PART), f"{where}: events")
        _ = self._training
        if self.template is not None:
            fields_of(self.template, where)
        if self.encoding is not None:
            checked(self.encoding, where)
        if self.separator is not None and len(self.separator.encode()) != 1:
            raise ParamsError(f"{where}: separator is {self.separator!r}; write one letter, as ';' or a tab")

    def load(self, root: Path) -> Tables:
        """Read the files below ``root``."""
        own, training = self._own(root), self._training
        tables = self._judged(root, own)
        if training is not None:
            tables = with_clicks(tables, own.files, training)
        return tables if self.generated is None else with_generated(tables, own.files, root / self.generated)

    def _judged(self, root: Path, tables: OwnTables) -> Tables:
        """What is measured."""
        if self.judgments is not None:
            found = judged_file(tables, root / self.judgments)
            if self.on_error == "drop" and len(found.interactions):
                known = with_known_items(found.items, found.interactions, root)
                found = replace(found, items=known[0], interactions=known[1])
            return k_core(found, self.min_interactions)
        raw = tables.raw()
        if is_collecting():
            survey(raw)
        items, interactions, queries, qrels = (None if one is None else one.table for one in raw.values())
        if (own := raw["items"]) is not None:
            items = unique_items(own.table, own.path)
        if queries is not None:
            queries = unique_queries(queries, root)
        if qrels is not None:
            qrels = unique_judgments(qrels, root)
        if self.on_error == "drop" and items is not None:
            if interactions is not None:
                items, interactions = with_known_items(items, interactions, root)
            if queries is not None and qrels is not None:
                return k_core(judged_tables(root, items, queries, qrels, interactions), self.min_interactions)
        return k_core(as_tables(root, items, interactions, queries, qrels), self.min_interactions)

    def _own(self, root: Path) -> OwnTables:
        """How the files of this row are read."""
        own = names_of(self.columns)
        names = {TEXT: self.text} | own.pop("")
        form = Form(self.separator, self.quotes, self.encoding, strict=True)
        taken = () if self.clicks is None else (CLICKS,)
        files = OwnFiles(root, form, {role: names[role] for role in ROLES if role in names}, own, taken)
        return OwnTables(
            files, self.template, self.gain, self.timestamp_unit, self.markup == "remove", self.attributes, self.events
        )

    @property
    def _training(self) -> ClickTraining | None:
        """How clicks train; None where the row does not say so."""
        if self.clicks is None:
            return None
        options = {"model": self.clicks} if isinstance(self.clicks, str) else self.clicks
        training: ClickTraining = built(ClickTraining, options, "dataset tables: clicks")
        return training
