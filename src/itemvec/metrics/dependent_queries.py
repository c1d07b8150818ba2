"""Values of queries that are not independent: all cases of one user, all pairs of one query."""

import numpy as np

from itemvec.core.arrays import Doubles, Ids


def by_owner(values: Doubles, owners: Ids, about: float | None = None) -> Doubles:
    """One value for each owner, with the mean of ``values``; they spread as the mean does where owners are sampled.

    What an owner's queries deviate from the mean, summed: the mean over queries is a ratio of two sums over owners, and
    this is its linear part (Cochran, Sampling Techniques, 1977, section 6.3). Where each has one query, its value.

    Parameters
    ----------
    values
        float64 of shape (n_queries, ...).
    owners
        Whose each is, Arrow strings of shape (n_queries,).
    about
        What deviations are taken from in place of the mean: zero to flip the signs of owners, where that is tested.
    """
    encoded = owners.dictionary_encode()
    n_owners = len(encoded.dictionary)
    if n_owners == len(values):
        return values
    mean = values.mean(axis=0) if about is None else about
    deviations = np.zeros((n_owners, *values.shape[1:]))
    np.add.at(deviations, encoded.indices.to_numpy(), values - mean)
    summed: Doubles = mean + deviations * (n_owners / len(values))
    return summed
