"""Synthetic queries: written for items, sieved, and joined with negatives into training pairs."""

from itemvec.synthetic.margins import PAIRS, margins, pairs_table
from itemvec.synthetic.prompts import SHOTS, Shot, prompt
from itemvec.synthetic.sieve import Sieve, negatives, normal, round_trip, sieved
from itemvec.synthetic.writers import Write, asks_by_text, by_file, by_prompt, by_text
from itemvec.synthetic.written import write_all

__all__ = [
    "PAIRS",
    "SHOTS",
    "Shot",
    "Sieve",
    "Write",
    "asks_by_text",
    "by_file",
    "by_prompt",
    "by_text",
    "margins",
    "negatives",
    "normal",
    "pairs_table",
    "prompt",
    "round_trip",
    "sieved",
    "write_all",
]
