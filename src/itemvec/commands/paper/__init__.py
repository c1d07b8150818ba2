"""``itemvec paper``: the comparison of arXiv 2507.05006, queued, measured, and held against its claims."""
