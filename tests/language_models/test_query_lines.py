import pytest

from itemvec.language_models.query_lines import queries_of


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("red hat\nwool hat\nhat", ["red hat", "wool hat"]),
        ('1. "red hat"\n\n2) wool  hat', ["red hat", "wool hat"]),
        ("- Query: red hat\n* 50 cm hat", ["red hat", "50 cm hat"]),
        ("3 seat sofa", ["3 seat sofa"]),
        ("red \ud800hat", ["red hat"]),
        ("Here are **two** queries:\nred hat", ["red hat"]),
        ("...\n", []),
        ("", []),
    ],
)
def test_lines_of_an_answer_are_queries(answer: str, found: list[str]) -> None:
    assert queries_of(answer, 2) == found
