import pyarrow as pa
import pytest

from itemvec.datasets.constructed_queries import ATTRIBUTE, KNOWN_ITEM, attribute_queries, known_item_queries, typed


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("The Usual Suspects", "usual suspects"),
        ("Seven (Se7en)", "seven"),
        ("Les Misérables", "les miserables"),
        ("Schindler's List", "schindlers list"),
        ("Dr. Strangelove or: How I Learned", "dr strangelove or how i learned"),
        ("A", "a"),
        ("(nothing)", ""),
    ],
)
def test_titles_as_a_person_would_type_them(title: str, query: str) -> None:
    assert typed(pa.array([title])).to_pylist() == [query]


def test_items_of_one_title_answer_one_query() -> None:
    queries, qrels = known_item_queries(pa.array(["1", "2", "3", "4"]), pa.array(["Heat", "The Heat", "M", "(?)"]))
    assert queries.to_pylist() == [
        {"query_id": "known-1", "text": "heat", "group": KNOWN_ITEM},
        {"query_id": "known-3", "text": "m", "group": KNOWN_ITEM},
    ]
    judged = [(row["query_id"], row["item_id"], row["gain"]) for row in qrels.to_pylist()]
    assert judged == [("known-1", "1", 2), ("known-1", "2", 2), ("known-3", "3", 2)]


def test_attributes_are_graded() -> None:
    """Five westerns with comedy of the 1980s make a query; one of the 1990s matches in part, others not at all."""
    genres = [["Comedy", "Western"]] * 5 + [["Western", "Comedy", "War"], ["Western"], ["Comedy", "Western"]]
    years = ["1980", "1985", "1989", "1981", "1982", "1999", "1985", None]
    ids = [str(number) for number in range(8)]
    queries, qrels = attribute_queries(pa.array(ids), pa.array(genres), pa.array(years))
    text = "comedy western movies from the 1980s"
    query = {"query_id": "attribute-Comedy-Western-1980s", "text": text, "group": ATTRIBUTE}
    assert queries.to_pylist() == [query]
    gains = {row["item_id"]: row["gain"] for row in qrels.to_pylist()}
    assert gains == dict.fromkeys("01234", 2) | {"5": 1}


def test_few_items_make_no_attribute_query() -> None:
    queries, qrels = attribute_queries(pa.array(["1"]), pa.array([["Comedy", "War"]]), pa.array(["1990"]))
    assert len(queries) == len(qrels) == 0
