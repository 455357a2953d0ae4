"""Packs: cells in parallel groups in series, solved together."""
