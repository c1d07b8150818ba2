"""Where the weights of a model and its servers are, and what a paid model costs."""
