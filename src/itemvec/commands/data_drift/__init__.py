"""How the data of today differs from the data that a decision was made on."""
