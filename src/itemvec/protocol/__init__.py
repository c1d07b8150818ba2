"""How a run is judged: what trains and what is tested, what is relevant, and the metrics of a run."""
