"""Sound files with random faults put in: a table, or lines that a terminal may show; never anything else."""

import random
from pathlib import Path

import pytest

from itemvec.core.errors import ItemvecError
from itemvec.datasets import DATASETS
from itemvec.datasets.reading import recorded
from itemvec.stages.check import check_data
from tests.datasets.test_contract import FILES, ROWS

INPUTS = 30  # of each kind
PIECES = [
    *(
        b'"',
        b"\n",
        b",",
        b"\t",
        b"\x00",
        b"\xff\xfe",
        b"\xe9",
        b"{",
        b"[",
        b"null",
        b"1e999",
        b"\r",
        b"\\",
        b"NaN",
        b"-1",
    ),
    *(
        b"\x1b[2J",
        b"'",
        b";",
        b"true",
        b"\xef\xbb\xbf",
        b"9" * 20,
        b"\xed\xa0\x80",
        b'""',
        b"[" * 2000,
        b"\xe2\x80\xae",
    ),
]
MORE = {
    "queries.csv": "query_id,text,group,split\nq,a,g,test\nr,b,g,train\n",
    "qrels.csv": "query_id,item_id,gain\nq,b,1\nr,a,2\n",
}


def mutated(content: bytes, rng: random.Random) -> bytes:
    place, what = rng.randint(0, len(content)), rng.random()
    if what < 0.6:
        return content[:place] + rng.choice(PIECES) + content[place:]
    if what < 0.75:
        return content[:place] + content[rng.randint(place, len(content)) :]
    if what < 0.85:
        return content[:place]
    first, *others = content.split(b"\n")
    rng.shuffle(others)
    return b"\n".join([first, *others])


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_fault_gives_a_table_or_a_line(kind: str, tmp_path: Path) -> None:
    rng = random.Random(kind)
    sound = FILES[kind] | (MORE if kind == "tables" else {})
    row = {"kind": kind, **ROWS[kind]}
    outcomes = []
    for number in range(INPUTS):
        root = tmp_path / str(number)
        root.mkdir()
        files = {name: content.encode() for name, content in sound.items()}
        name = rng.choice(sorted(files))
        files[name] = mutated(files[name], rng)
        for one, content in files.items():
            (root / one).write_bytes(content)
        said = ""
        try:
            with recorded() as reading:
                DATASETS.build("mine", row).load(root)
        except ItemvecError as error:
            said = error.format_message()
        outcomes.append("line" if said else "table")
        assert said.isprintable()  # one line, too
        assert all(line.count("\n") == 0 for line in reading.lines)
        if said:  # and the check knows it beforehand
            with pytest.raises(ItemvecError) as found:
                check_data(tmp_path, str(number), row)
            assert found.value.format_message().replace("\n", "").isprintable()
    assert set(outcomes) == {"table", "line"}
