"""Text encoders. A new kind is one module here and one import below."""

from itemvec.encoders import api, hashing, lsa, sentence_transformer  # noqa: F401  (each registers its kind)
from itemvec.encoders.base import ENCODERS, Corpus, Encoder, LoadedEncoder, Plain, Prepared, Role
from itemvec.encoders.cached_encoder import CachedEncoder, encode, keys_of
from itemvec.encoders.fingerprint import fingerprint

__all__ = [
    "ENCODERS",
    "CachedEncoder",
    "Corpus",
    "Encoder",
    "LoadedEncoder",
    "Plain",
    "Prepared",
    "Role",
    "encode",
    "fingerprint",
    "keys_of",
]
