"""Export of what a run measured: a model folder, a LanceDB table, and a card that says what they are."""
