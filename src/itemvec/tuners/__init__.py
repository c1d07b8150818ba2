"""Tuners of vectors and of models. A new kind is one module here and one import below."""

from itemvec.tuners import full, low_rank, nudge, ridge  # noqa: F401  (each registers its kind)
from itemvec.tuners.asked import Asked
from itemvec.tuners.base import TUNERS, Lesson, TakesModel, Tuned, Tuner
from itemvec.tuners.trials import Chosen, Exam, choose

__all__ = ["TUNERS", "Asked", "Chosen", "Exam", "Lesson", "TakesModel", "Tuned", "Tuner", "choose"]
