"""Column names and table schemas of everything the pipeline writes."""

from collections.abc import Iterable

import pyarrow as pa

ITEM = "item_id"
USER = "user_id"
QUERY = "query_id"
ID = "id"  # of a run: a user or a query
TEXT = "text"
TIME = "timestamp"
PART = "split"  # of an interaction or a query, in a data set that brings its own split
GROUP = "group"
OWNER = "owner"  # the user or the query that a case belongs to; cases of one owner are not independent
HIDDEN = "hidden_item"  # of a query: the item that is the query itself, which is not ranked for it
PEOPLE_JUDGE = "people_judge"  # of a query: nothing needs to be relevant to it yet
GAIN = "gain"
JUDGMENT = "judgment"  # of a query in a run: a hash of what is relevant to it, equal where the judgments are
SKIPPED = "skipped"  # behind the name of a metric: unjudged items are taken out, and what follows moves up
POSSIBLE = "possible"  # likewise: unjudged items of the first ranks count as relevant, with the highest gain
POSITION = "position"  # of an impression: the place in the ranking that was shown, from 1
CLICKED = "clicked"
DWELL = "dwell"  # seconds until the user came back
SESSION = "session"
SEED = "seed"
RANK = "rank"
SCORE = "score"
VECTOR = "vector"
PERSONA = "persona"  # of a run by a recommender with personas: which of them stands for the item, from 1
BEHIND = "behind"  # likewise: the items of the history that speak most for it

# What an interaction is for, by position. "history" is input only: neither trained on nor a target.
PARTS = ("train", "validation", "test", "history")
QUERY_PARTS = PARTS[:3]  # what a query is for

ITEMS = pa.schema([(ITEM, pa.string()), (TEXT, pa.string())])
INTERACTIONS = pa.schema([(USER, pa.string()), (ITEM, pa.string()), (TIME, pa.int64())])
DIVIDED = INTERACTIONS.append(pa.field(PART, pa.string()))  # where the data set brings its own split
QUERIES = pa.schema([(QUERY, pa.string()), (TEXT, pa.string()), (GROUP, pa.string())])
DIVIDED_QUERIES = QUERIES.append(pa.field(PART, pa.string()))  # where the data set brings its own split
QRELS = pa.schema([(QUERY, pa.string()), (ITEM, pa.string()), (GAIN, pa.float64())])
ATTRIBUTE = pa.list_(pa.string())  # of an item: any number of values in each further column of its table
EVENT = pa.float64()  # of an interaction: a number in each further column of its table
NAMES = pa.dictionary(pa.int32(), pa.string())  # a run repeats every id many times
RUN = pa.schema([(ID, NAMES), (SEED, pa.int32()), (ITEM, NAMES), (RANK, pa.int32()), (SCORE, pa.float32())])
EXPLAINED = RUN.append(pa.field(PERSONA, pa.int32())).append(pa.field(BEHIND, pa.list_(pa.string())))

# What each column holds, for the reference.
MEANINGS = {
    ITEM: "The item. Ids are text; each is unique in the table of items.",
    USER: "The user.",
    QUERY: "The query; unique in the table of queries.",
    ID: "The query, or the user, that the row belongs to.",
    TEXT: "What is encoded and searched: the text of the item, or of the query.",
    TIME: "When it happened: whole seconds since 1970 where that is exact, else milliseconds, microseconds or "
    "nanoseconds; or a place in an order. Equal times keep the order of the file.",
    PART: "What the row is for: `train`, `validation` or `test`; an interaction may also be `history`, which is shown "
    "but neither trained on nor asked for. The column is there only where the data set brings its own split.",
    GROUP: "The slice that the query is reported in.",
    OWNER: "The user, or the query, that the row is a case of; rows of one owner are not independent.",
    HIDDEN: "The item that is the query itself and is left out of its ranking. The column is there only where the data "
    "has such queries.",
    PEOPLE_JUDGE: "True: people judge, and a query to which nothing is relevant yet is searched and not measured. The "
    "column is there only in such data; it does not change with the judgments, so that nothing is encoded again.",
    GAIN: "How relevant the item is to the query; 0 for not at all.",
    JUDGMENT: "A hash of what is relevant to the query or user: equal where the judgments are equal.",
    SEED: "Which repetition of a training that is random; 0 where nothing is.",
    RANK: "Place in the ranking, from 1.",
    SCORE: "What the system ranked by.",
    PERSONA: "Which persona of the user stands for the item, from 1. Only runs of kind `personas` have it.",
    BEHIND: "Items of the history that speak most for it. Only runs of kind `personas` have it.",
}


def judged_at(metric: str) -> str:
    """Name of the share of judged items in the ranks that a metric looks at: ``judged@10`` of ``ndcg@10``."""
    return f"judged@{metric.partition('@')[2]}"


def tied_at(metric: str) -> str:
    """Name of the share of queries with a tie at the last rank that a metric looks at: ``tied@10`` of ``ndcg@10``."""
    return f"tied@{metric.partition('@')[2]}"


def attributes_of(names: Iterable[str]) -> list[str]:
    """The columns of a table of items that are attributes."""
    return [name for name in names if name not in ITEMS.names]


def events_of(names: Iterable[str]) -> list[str]:
    """The columns of a table of interactions that are numbers of an event."""
    return [name for name in names if name not in DIVIDED.names]
