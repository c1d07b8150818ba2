"""Access to models: files of a checkpoint, requests to a model server, and the price of a paid model."""
