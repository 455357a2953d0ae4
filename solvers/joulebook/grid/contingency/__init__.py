"""Outages: full AC solutions with one or two elements out of service."""
