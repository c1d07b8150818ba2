from pathlib import Path

import pytest

from itemvec.core.errors import DatasetError
from itemvec.datasets import DATASETS, Tables
from itemvec.datasets.fetch import fetch

ITEM_HEADER = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
INTER_HEADER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
FILMS = """1\tUsual Suspects, The\t1995\tCrime Thriller
2\tBoot, Das (The Boat)\t1981\tAction Drama War
3\tunkonwn\tunkonwn\tunknown
4\tI, Worst of All (Yo, la peor de todas)\t1990\tDrama
"""


def load(root: Path) -> Tables:
    return DATASETS.build("movielens-100k", {"kind": "movielens"}).load(root)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "ml-100k.item").write_text(ITEM_HEADER + FILMS)
    (tmp_path / "ml-100k.inter").write_text(INTER_HEADER + "b\t2\t3\t20\na\t4\t3\t10\na\t1\t3\t10\na\t2\t3\t5\n")
    return tmp_path


def test_a_text_is_title_year_and_genres(raw: Path) -> None:
    assert load(raw).items["text"].to_pylist() == [
        "The Usual Suspects (1995). Crime, Thriller",
        "Das Boot (The Boat) (1981). Action, Drama, War",
        "unkonwn",
        "I, Worst of All (Yo, la peor de todas) (1990). Drama",
    ]


def test_histories_are_in_order_and_equal_times_as_they_came(raw: Path) -> None:
    rows = load(raw).interactions.to_pylist()
    assert [(row["user_id"], row["item_id"], row["timestamp"]) for row in rows] == [
        ("a", "2", 5),
        ("a", "4", 10),
        ("a", "1", 10),
        ("b", "2", 20),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ml-100k.item", None, "ml-100k.item is missing; put it there, or run `itemvec fetch`"),
        ("ml-100k.item", "", "ml-100k.item is empty"),
        ("ml-100k.item", "item_id:token\ttitle\n1\tx\n", "column 'movie_title:token_seq' is missing; choose from"),
        (
            "ml-100k.item",
            ITEM_HEADER + "1\tno genres\n",
            r"ml-100k.item: row 1 \(line 2\) has 2 fields, the header has 4",
        ),
        (
            "ml-100k.inter",
            INTER_HEADER + "a\t1\t3\tyesterday\n",
            "ml-100k.inter: timestamp is neither a whole number nor a date: 'yesterday' in row 1",
        ),
    ],
)
def test_bad_files_are_named(raw: Path, name: str, content: str | None, said: str) -> None:
    (raw / name).unlink()
    if content is not None:
        (raw / name).write_text(content)
    with pytest.raises(DatasetError, match=said) as error:
        load(raw)
    assert "\n" not in error.value.message


def test_the_whole_data_set(tmp_path: Path) -> None:
    fetch("movielens-100k", tmp_path)
    tables = load(tmp_path / "movielens-100k")
    assert [len(table) for table in vars(tables).values()] == [1682, 100_000, 1727, 4119]
    assert len(tables.interactions["user_id"].unique()) == 943
    texts = dict(zip(tables.items["item_id"].to_pylist(), tables.items["text"].to_pylist(), strict=True))
    assert texts["12"] == "The Usual Suspects (1995). Crime, Thriller"
    assert texts["1"] == "Toy Story (1995). Animation, Children's, Comedy"
    assert all(text.strip() for text in texts.values())


def test_the_layout_of_1m(tmp_path: Path) -> None:
    films = (
        "1::City of Lost Children, The (Cité des enfants perdus, La) (1995)::Adventure|Sci-Fi\n2::Alien: 3::Horror\n"
    )
    (tmp_path / "movies.dat").write_bytes(films.encode("latin-1"))
    (tmp_path / "ratings.dat").write_text("9::2::5::978300760\n9::1::3::978300700\n")
    tables = load(tmp_path)
    assert tables.items["text"].to_pylist() == [
        "The City of Lost Children (Cité des enfants perdus, La) (1995). Adventure, Sci-Fi",
        "Alien: 3. Horror",
    ]
    rows = [tuple(row.values()) for row in tables.interactions.to_pylist()]
    assert rows == [("9", "1", 978300700), ("9", "2", 978300760)]


def test_the_layout_of_20m_and_32m(tmp_path: Path) -> None:
    films = 'movieId,title,genres\n1,"American President, The (1995) ",Comedy|Drama\n2,Été,(no genres listed)\n'
    (tmp_path / "movies.csv").write_text(films)
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,2,3.5,20\n1,1,0.5,10\n")
    tables = load(tmp_path)
    assert tables.items["text"].to_pylist() == ["The American President (1995). Comedy, Drama", "Été"]
    assert tables.interactions["item_id"].to_pylist() == ["1", "2"]
    assert tables.queries["text"].to_pylist() == ["american president", "ete"]


def test_two_releases_in_one_folder_are_refused(raw: Path) -> None:
    (raw / "ratings.csv").touch()
    with pytest.raises(DatasetError, match=r"ml-100k\.inter and ratings\.csv are of different releases; keep one"):
        load(raw)


def test_a_film_that_is_torn_is_shown(tmp_path: Path) -> None:
    (tmp_path / "ratings.dat").write_text("9::2::5::978300760\n")
    (tmp_path / "movies.dat").write_text("1::Alien::Horror\n2::Ali")
    with pytest.raises(DatasetError, match=r"movies\.dat: expected id::title::genres, found '2::Ali'"):
        load(tmp_path)
