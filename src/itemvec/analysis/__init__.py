"""The geometry of a vector space: what the vectors of one variant look like, before anything is asked of them."""

from itemvec.analysis.describe import Tables, describe
from itemvec.analysis.spectrum import spectrum_csv

__all__ = ["Tables", "describe", "spectrum_csv"]
