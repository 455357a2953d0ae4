"""Lending GPUs to kernels: the rules (`desk`), the ledger that keeps them (`ledger`), the service's routes.

A hub lends the cards that NVML finds when it starts; where there is none, it refuses and says so.
"""
