"""Load and fault runs against a hub that really runs, with stub servers."""
