"""People judge what the systems found: which items are asked, what is decided by now, and the local page."""
