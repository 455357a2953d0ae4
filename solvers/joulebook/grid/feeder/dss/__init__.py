"""OpenDSS scripts: read as text, nothing in them is executed."""
