"""Words of texts in any script: one way to find them, for whatever counts words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from itemvec.core.arrays import Ints
from itemvec.core.languages import Language, Stemmed

_Split = Callable[[str], list[str]]

TEXTS = 1 << 18  # cut into words at a time

# Scripts that do not put blanks between words. Korean does, but glues particles to them.
DENSE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fc"
ASCII_WORD = re.compile(r"[a-z0-9]+(?:(?<=[0-9])[.,](?=[0-9])[a-z0-9]+)*")
ASCII_CLITIC = re.compile(r"(?<![a-z0-9])[a-z]'(?=[a-z]{2})|(?<=[a-z])'[a-z](?![a-z0-9])")


@dataclass(frozen=True)
class Words:
    """The words of texts, laid end to end.

    codes
        Position in ``vocabulary`` of each word, int32 of shape (n_words,).
    offsets
        Text ``i`` has the words from ``offsets[i]`` to ``offsets[i + 1]``, int64.
    vocabulary
        Distinct words, Arrow strings; all of them occur.
    """

    codes: NDArray[np.int32]
    offsets: Ints
    vocabulary: Any

    def lists(self) -> list[list[int]]:
        """The codes of each text."""
        codes = self.codes.tolist()
        return [codes[start:end] for start, end in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    def joined(self) -> Any:
        """Each text as its words with a blank between them, Arrow strings of shape (n_texts,)."""
        flat = self.vocabulary.take(pa.array(self.codes))
        return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(self.offsets), flat), " ").cast(pa.string())

    def counts(self, known: Any) -> Any:
        """How often each of the words ``known``, Arrow strings, stands in each text; others are left out.

        float32, sparse of shape (n_texts, n_known), the words of a text in their order, each a summand of its own.
        """
        from scipy.sparse import csr_array

        columns = pc.index_in(self.vocabulary, value_set=known).fill_null(-1).to_numpy().astype(np.int64)[self.codes]
        has = columns >= 0
        offsets = np.concatenate([[0], np.cumsum(has)])[self.offsets]
        ones = np.ones(np.count_nonzero(has), dtype=np.float32)
        return csr_array((ones, columns[has], offsets), shape=(len(self.offsets) - 1, len(known)))


def find_words(texts: Any, stemmer: Stemmed | None = None, stop_words: Language | Iterable[str] | None = None) -> Words:
    """The words of each text, folded so that spellings of one word meet.

    Texts are brought to NFKC_Casefold (Unicode, section 3.13): full and half width, composed and decomposed accents,
    upper and lower case are the same. A word is a run of letters, marks and digits; a full stop or a comma between
    digits belongs to it, as in UAX 29. Unlike there, no other sign joins letters, because catalogues hold
    "cotton.Soft" and "colour:red". Words of one letter count, but not those that an apostrophe ties to another word:
    the s of "Levi's", the l of "l'eau".

    Where a script has no blanks between words, a run gives its overlapping pairs of characters, and each Chinese
    character alone, which may be a word.

    Parameters
    ----------
    texts
        An Arrow array of strings, or any iterable of them; one that is null has no words.
    stemmer
        Language whose Snowball stemmer shortens words; None leaves them as they are.
    stop_words
        Words that are left out, or a language whose stop words are: as bm25s lists them, 33 of English.
    """
    # No word goes over a blank, and few of the pieces between blanks are distinct.
    array = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, pa.large_string())
    pieces, lengths = _pieces(array)
    terms = _terms(pieces.chunk(0).dictionary.to_pylist(), stemmer, stop_words)
    sizes = np.fromiter(map(len, terms), dtype=np.int64, count=len(terms))
    starts = np.cumsum(sizes) - sizes
    whole = pa.array(chain.from_iterable(terms), pa.string(), size=int(sizes.sum())).dictionary_encode()
    term_codes = whole.indices.to_numpy()
    codes, counts = [], []
    for part, length in zip(pieces.chunks, lengths, strict=True):
        some = part.indices.to_numpy()
        taken = sizes[some]  # each piece becomes so many terms
        ends = np.concatenate([[0], np.cumsum(taken)])
        places = np.repeat(starts[some] - ends[:-1], taken) + np.arange(ends[-1])
        codes.append(term_codes[places])
        counts.append(np.diff(ends[np.concatenate([[0], np.cumsum(length)])]))
    return Words(np.concatenate(codes), np.concatenate([[0], np.cumsum(np.concatenate(counts))]), whole.dictionary)


def _pieces(texts: Any) -> tuple[Any, list[Ints]]:
    """What stands between blanks, a chunk for each ``TEXTS`` texts with one dictionary; how many each text has."""
    chunks, lengths = [], []
    for start in range(0, max(len(texts), 1), TEXTS):
        some = texts.slice(start, TEXTS).cast(pa.large_string()).fill_null("")
        whole = some.combine_chunks() if isinstance(some, pa.ChunkedArray) else some
        found = pc.utf8_split_whitespace(whole)
        chunks.append(found.flatten().dictionary_encode())
        lengths.append(pc.list_value_length(found).to_numpy())
    return pa.chunked_array(chunks).unify_dictionaries(), lengths


def library_versions() -> dict[str, str]:
    """What beside the code decides the words."""
    return {name: version(name) for name in ("regex", "PyStemmer", "bm25s")} | {"unicode": unicodedata.unidata_version}


def _splitter() -> _Split:
    """A function from a text to its words, those of dense scripts in one piece."""
    import regex

    word = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:(?<=\p{N})[.,](?=\p{N})[\p{L}\p{M}\p{N}]+)*").findall
    clitic = regex.compile(r"(?<![\p{L}\p{M}\p{N}])\p{L}'(?=\p{L}{2})|(?<=[\p{L}\p{M}])'\p{L}(?![\p{L}\p{M}\p{N}])").sub
    # NFKC would glue these to the word before: "Velcro™" to "velcrotm", "5½" to "51/2".
    loose = regex.compile(r"[\u2122\u2120\u200b]|(?=[\u00bc-\u00be\u2150-\u215e\u2189])").sub
    ignored = regex.compile(r"\p{Default_Ignorable_Code_Point}").sub
    apostrophes = str.maketrans("\u2019\u02bc", "''")

    def split(text: str) -> list[str]:
        if text.isascii():
            text = text.lower()
            return ASCII_WORD.findall(ASCII_CLITIC.sub(" ", text) if "'" in text else text)
        text = unicodedata.normalize("NFKC", loose(" ", text)).casefold()
        text = ignored("", unicodedata.normalize("NFKC", text)).translate(apostrophes)
        text = text.replace("i\u0307", "i")  # what the Turkish capital I with a dot becomes
        found: list[str] = word(clitic(" ", text) if "'" in text else text)
        return found

    return split


def _terms(
    pieces: Sequence[str], stemmer: Stemmed | None, stop_words: Language | Iterable[str] | None
) -> list[list[str]]:
    """What the words of each piece are found by: themselves, their stems, their pairs of characters, or nothing."""
    import regex

    parts = regex.compile(rf"(?:[{DENSE}]\p{{M}}*)+|[^{DENSE}]+").findall
    dense, han, characters = (regex.compile(one) for one in (f"[{DENSE}]", r"\p{Han}", r"\X"))

    def pairs(run: str) -> list[str]:
        single = characters.findall(run)
        if len(single) == 1:
            return [run]
        return [a + b for a, b in pairwise(single)] + [one for one in single if han.match(one)]

    def spread(word: str) -> list[str]:
        if word.isascii() or not dense.search(word):
            return [word]
        return [term for part in parts(word) for term in (pairs(part) if dense.match(part) else [part])]

    split, left_out = _splitter(), _stop_words(stop_words) if stop_words else frozenset()
    terms = [[term for word in split(one) if word not in left_out for term in spread(word)] for one in pieces]
    if stemmer is None:
        return terms
    import Stemmer

    shortened = iter(Stemmer.Stemmer(stemmer).stemWords(list(chain.from_iterable(terms))))
    return [[next(shortened) for _ in some] for some in terms]


def _stop_words(given: Language | Iterable[str]) -> frozenset[str]:
    from bm25s.tokenization import _infer_stopwords

    split = _splitter()
    listed = _infer_stopwords(given) if isinstance(given, str) else given
    return frozenset(word for one in listed for word in split(one) if len(split(one)) == 1)
