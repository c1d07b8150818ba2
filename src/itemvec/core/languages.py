"""Languages whose words can be stemmed or left out."""

from typing import Literal

# What bm25s has stop words for.
Language = Literal[
    "danish",
    "dutch",
    "english",
    "french",
    "german",
    "italian",
    "norwegian",
    "portuguese",
    "russian",
    "spanish",
    "swedish",
    "turkish",
]
# What Snowball has a stemmer for.
Stemmed = (
    Language
    | Literal[
        "arabic",
        "armenian",
        "basque",
        "catalan",
        "czech",
        "esperanto",
        "estonian",
        "finnish",
        "greek",
        "hindi",
        "hungarian",
        "indonesian",
        "irish",
        "lithuanian",
        "nepali",
        "persian",
        "polish",
        "romanian",
        "serbian",
        "sesotho",
        "tamil",
        "yiddish",
    ]
)
