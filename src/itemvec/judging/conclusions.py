"""What is said in the terminal: what is decided, how much is unjudged, and what to do next."""

from __future__ import annotations

from textwrap import fill

import numpy as np
import pyarrow.compute as pc

from itemvec.judging.contrasts import unfinished
from itemvec.judging.incomplete import ALLOWED, Incomplete, as_text, incomplete
from itemvec.judging.material import Material
from itemvec.judging.sentences import headline, sentences
from itemvec.judging.session import Session
from itemvec.protocol.judgments import choose, judge, judged_pairs

WIDTH = 100  # columns of a terminal
NEXT = "Next: dvc add data && dvc repro && itemvec show"


def report(material: Material, session: Session) -> str:
    """The conclusion in the first line, what is decided, measures for incomplete judgments, and what to do next."""
    found = _measured(material)
    if found is None:
        return f"{_decided(session)}\n\nNo query has a relevant item yet: nothing can be measured."
    measures, n_queries = found
    return f"{_decided(session)}\n\n{as_text(measures, n_queries)}\n\n{_next(measures, session)}"


def ending(material: Material, session: Session) -> str:
    """What was judged, what is decided, and what to do next."""
    session.people.look()
    counts = {who: session.people.count(who) for who in session.people.files}
    said = ", ".join(f"{count:,} by {who}" for who, count in counts.items() if count)
    if not said:
        return "Nothing was judged."
    found = _measured(material)
    todo = _next(found[0], session) if found else "No query has a relevant item yet: judge more."
    return f"{_decided(session)}\n{material.data / 'judgments'}: {said}.\n{todo}"


def _measured(material: Material) -> tuple[dict[str, Incomplete], int] | None:
    """Measures of each system, and the number of queries with a relevant item; None where there is none."""
    qrels = material.judgments()
    judgments = judge(qrels, material.queries, material.items, material.params.search.least_gain)
    rows = pc.index_in(judgments.ids, value_set=material.queries).to_numpy(zero_copy_only=False).astype(np.int64)
    ran = np.any([(run[rows] >= 0).any(axis=1) for run in material.runs.values()], axis=0)
    if not ran.any():
        return None
    judgments, rows = choose(judgments, ran), rows[ran]
    pairs = judged_pairs(qrels, judgments.ids, material.items)
    runs = {name: run[rows] for name, run in material.runs.items()}
    return incomplete(runs, judgments, pairs, len(material.items)), len(judgments)


def _next(measures: dict[str, Incomplete], session: Session) -> str:
    """To measure; or first to judge what would be counted as not relevant."""
    share = max(one.unjudged for one in measures.values())
    left = unfinished(session.pool, session.people.known())
    if share <= ALLOWED or not left:
        return NEXT
    why = (
        f"`dvc repro` counts what nobody judged as not relevant, up to {share:.0%} of the first ranks of the queries "
        "that are begun. What is decided holds there too; its figures, and the rest, could be wrong by that."
    )
    steps = f"Next: itemvec judge --whole, which finishes these queries: {left:,} more judgments"
    return f"{fill(why, WIDTH)}\n{steps}\n{NEXT.replace('Next:', '     ')}"


def _decided(session: Session) -> str:
    """The conclusion in the first line, then each comparison."""
    session.people.look()
    gains, states, systems = session.people.known(), session.states(), session.pool.systems
    judged = int(np.count_nonzero(~np.isnan(gains)))
    first = headline(states, systems, judged, session.rule.k)
    lines = [f"  {one}" for one in sentences(states, systems, judged)]
    return "\n".join([first, "", f"After {judged:,} of {len(gains):,} judgments of the pool:", *lines])
