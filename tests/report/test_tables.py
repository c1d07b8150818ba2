from itemvec.report import Results, render
from itemvec.report.tables import measured


def test_one_table_per_group(results: Results) -> None:
    tables = measured(results)
    assert [table.title for table in tables] == [
        f"Recommendation ({40} users)",
        f"Search, constructed: even ({20} queries)",
        f"Search, constructed: odd ({20} queries)",
    ]
    recommend, search = tables[0], tables[1]
    assert recommend.header == ["system", "vectors", "dim", "hit@1", "sd of seeds"]
    assert recommend.rows[0] == ["profile", "full", "8", "0.9000 [0.800, 0.975]", "0.0000"]
    assert recommend.rows[2][:3] == ["popular", "none", "-"]
    assert recommend.rows[2][4] == "-"
    assert search.header == ["system", "vectors", "dim", "hit@1", "mrr@1"]


def test_markdown_and_terminal_hold_the_same(results: Results) -> None:
    plain, markdown = render(results), render(results, markdown=True)
    assert "| profile  | full      | 8     | 0.9000 [0.800, 0.975] | 0.0000        |" in markdown
    for cell in ("0.9000 [0.800, 0.975]", "100.0%", "25.0%", "1.5", "0.250"):
        assert cell in plain
        assert cell in markdown
