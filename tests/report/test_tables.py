from itemvec.core.params import Params
from itemvec.decision.results import Results, collect
from itemvec.report import render
from itemvec.report.tables import cohorts, lists, measured
from tests.conftest import ROOT


def test_one_table_per_group(results: Results) -> None:
    tables = measured(results)
    assert [table.title for table in tables] == [
        f"Recommendation ({40} users)",
        f"Search, constructed: a ({20} queries)",
        f"Search, constructed: b ({20} queries)",
    ]
    recommend, search = tables[0], tables[1]
    assert recommend.header == ["system", "vectors", "dim", "hit@1", "sd of seeds"]
    assert recommend.rows[0][:3] == ["profile", "full", "8"]
    assert recommend.rows[0][3].startswith("0.8875 [0.6")
    assert recommend.rows[0][4] == f"{(1 / 40) / 2**0.5:.4f}"
    assert recommend.rows[2][:3] == ["popular", "none", "-"]
    assert recommend.rows[2][4] == "-"
    assert search.header == ["system", "vectors", "dim", "hit@1", "mrr@1"]


def test_what_was_left_out_is_said(results: Results) -> None:
    first = results.of("recommend")[0]
    first.facts.update(users_left_out=7, targets_masked=0)
    note = measured(results)[0].note
    assert note == "7 users with too few interactions were left out"
    assert f"{note}." in render(results)
    first.facts.update(users_left_out=0, users_not_drawn=2000)
    said = "2,000 users were not drawn for the sample that recommend.split.users asks for"
    assert measured(results)[0].note == said
    first.facts.update(users_not_drawn=0, targets_masked=3)
    assert measured(results)[0].note == "3 users came back to an item that masking keeps out of the ranking"


def test_markdown_and_terminal_hold_the_same(results: Results) -> None:
    plain, markdown = render(results), render(results, markdown=True)
    assert "| profile  | full      | 8     | 0.8875 [" in markdown
    for cell in ("0.8875 [", "100.0%", "25.0%", "1.5", "0.250"):
        assert cell in plain
        assert cell in markdown


def test_a_terminal_gets_short_intervals(results: Results) -> None:
    first = results.of("recommend")[0]
    first.groups["users"]["hit@1"].update(mean=0.0181, low=-0.013, high=1.0)
    lines = render(results).splitlines()
    assert lines[2].split("  ")[0] == "system"
    assert lines[2].endswith("sd of seeds")
    assert "0.0181 [-.013, 1.000]" in lines[4]
    assert "0.0181 [-0.013, 1.000]" in render(results, markdown=True)
    assert not [line for line in lines if line != line.rstrip()]


def test_what_the_last_run_measured_fits_100_columns() -> None:
    shown = render(collect(Params.load(ROOT / "params.yaml"), ROOT / "results"))
    assert max(map(len, shown.splitlines())) <= 100


def test_cohorts_are_columns_where_every_cell_has_them(results: Results) -> None:
    assert cohorts(results) == []
    mean = {"hit@1": {"mean": 0.5, "low": 0.25, "high": 0.75}}
    found = {"rare": {"queries": 3, "from": 1, "to": 4, **mean}, "popular": {"queries": 0}}
    for one in results.of("recommend"):
        one.facts["cohorts"] = {"target": found}
    (table,) = cohorts(results)
    assert table.title == "Recommendation by how often the next item occurs in training, hit@1"
    assert table.header == ["system", "vectors", "rare (1 to 4; 3)"]
    assert table.rows[2] == ["popular", "none", "0.5000 [0.250, 0.750]"]


def test_cohorts_of_queries_have_tables_of_their_own(results: Results) -> None:
    mean = {"hit@1": {"mean": 0.5, "low": 0.25, "high": 0.75}}
    for one in results.of("search"):
        one.facts["cohorts"] = {"words": {"short": {"queries": 2, "from": 1, "to": 2, **mean}}}
    (table,) = cohorts(results)
    assert table.title == "Search by words of a query, hit@1"
    assert table.header == ["system", "vectors", "short (1 to 2; 2)"]
    assert [row[:2] for row in table.rows] == [["exact", "full"], ["exact", "small"], ["bm25", "none"]]


def test_complete_recall_is_read_by_the_number_of_items_needed(results: Results) -> None:
    metrics = {"hit@1": {"mean": 1.0, "low": 1.0, "high": 1.0}, "complete_recall@2": {"mean": 0.5, "low": 0, "high": 1}}
    for one in results.of("search"):
        one.facts["cohorts"] = {"needed": {"two": {"queries": 9, "from": 2, "to": 2, **metrics}}}
    assert cohorts(results)[0].title == "Search by number of relevant items of a query, hit@1"
    results.params.search.metrics.append("complete_recall@2")
    (table,) = cohorts(results)
    assert table.title == "Search by number of relevant items of a query, complete_recall@2"
    assert table.rows[0][2] == "0.5000 [0.000, 1.000]"


def test_queries_for_something_else_are_said(results: Results) -> None:
    results.of("search")[0].facts["queries_for_validation"] = 7
    assert measured(results)[1].note == "7 queries are for validation"
    results.of("search")[0].facts["chosen"] = {"weights": [0.45, 0.55], "validation": 0.7}
    assert measured(results)[1].note.endswith("; exact on full has the tuned weights 0.45 and 0.55")


def test_lists_have_a_dash_where_a_system_has_no_vectors(results: Results) -> None:
    assert lists(results) == []  # a run of an earlier release
    first, *_, last = results.of("recommend")
    first.facts["lists"] = {"coverage@10": 0.25, "taste_distance@10": 0.5}
    last.facts["lists"] = {"coverage@10": 1.0}
    (table,) = lists(results)
    assert table.header == ["system", "vectors", "coverage@10", "taste_distance@10"]
    assert table.rows == [[first.system, "full", "0.2500", "0.5000"], [last.system, "none", "1.0000", "-"]]
