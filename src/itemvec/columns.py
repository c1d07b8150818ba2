"""Column names and table schemas, spelled once for everything the pipeline writes."""

import pyarrow as pa

ITEM = "item_id"
USER = "user_id"
QUERY = "query_id"
ID = "id"  # of a run: a user or a query
TEXT = "text"
TIME = "timestamp"
GROUP = "group"
GAIN = "gain"
SEED = "seed"
RANK = "rank"
SCORE = "score"
VECTOR = "vector"

ITEMS = pa.schema([(ITEM, pa.string()), (TEXT, pa.string())])
INTERACTIONS = pa.schema([(USER, pa.string()), (ITEM, pa.string()), (TIME, pa.int64())])
QUERIES = pa.schema([(QUERY, pa.string()), (TEXT, pa.string()), (GROUP, pa.string())])
QRELS = pa.schema([(QUERY, pa.string()), (ITEM, pa.string()), (GAIN, pa.float64())])
NAMES = pa.dictionary(pa.int32(), pa.string())  # a run repeats every id many times
RUN = pa.schema([(ID, NAMES), (SEED, pa.int32()), (ITEM, NAMES), (RANK, pa.int32()), (SCORE, pa.float32())])
