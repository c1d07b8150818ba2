"""Language models: on this machine, or behind a chat server, and what their answers hold."""
