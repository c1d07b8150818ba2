"""Column names and table schemas, spelled once for everything the pipeline writes."""

import pyarrow as pa

ITEM = "item_id"
USER = "user_id"
QUERY = "query_id"
ID = "id"  # of a run: a user or a query
TEXT = "text"
TIME = "timestamp"
PART = "split"  # of an interaction or a query, in a data set that brings its own split
GROUP = "group"
OWNER = "owner"  # of a query: the user whose case it is, or the query whose pair; more of one are not independent
GAIN = "gain"
JUDGMENT = "judgment"  # of a query in a run: a hash of what is relevant to it, equal where the judgments are
SKIPPED = "skipped"  # behind the name of a metric: unjudged items are taken out, and what follows moves up
POSSIBLE = "possible"  # likewise: unjudged items of the first ranks count as relevant, with the highest gain
SEED = "seed"
RANK = "rank"
SCORE = "score"
VECTOR = "vector"

# What an interaction is for, by position; "history" is shown as what came before, neither trained on nor asked for.
PARTS = ("train", "validation", "test", "history")
QUERY_PARTS = PARTS[:3]  # what a query is for

ITEMS = pa.schema([(ITEM, pa.string()), (TEXT, pa.string())])
INTERACTIONS = pa.schema([(USER, pa.string()), (ITEM, pa.string()), (TIME, pa.int64())])
DIVIDED = INTERACTIONS.append(pa.field(PART, pa.string()))  # where the data set brings its own split
QUERIES = pa.schema([(QUERY, pa.string()), (TEXT, pa.string()), (GROUP, pa.string())])
DIVIDED_QUERIES = QUERIES.append(pa.field(PART, pa.string()))  # where the data set brings its own split
QRELS = pa.schema([(QUERY, pa.string()), (ITEM, pa.string()), (GAIN, pa.float64())])
NAMES = pa.dictionary(pa.int32(), pa.string())  # a run repeats every id many times
RUN = pa.schema([(ID, NAMES), (SEED, pa.int32()), (ITEM, NAMES), (RANK, pa.int32()), (SCORE, pa.float32())])


def judged_at(metric: str) -> str:
    """Name of the share of judged items in the ranks that a metric looks at: ``judged@10`` of ``ndcg@10``."""
    return f"judged@{metric.partition('@')[2]}"
