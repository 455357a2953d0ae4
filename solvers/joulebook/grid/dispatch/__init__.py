"""Optimal power flow: who generates how much, at least cost, within all limits."""
