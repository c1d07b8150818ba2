"""Column names and table schemas of everything the pipeline writes."""

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
GAIN = "gain"
SEED = "seed"
RANK = "rank"
SCORE = "score"
VECTOR = "vector"

# What an interaction is for, by position. "history" is input only: neither trained on nor a target.
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
