"""The evaluation protocol: splits, relevance judgments, and the metrics of a run."""
