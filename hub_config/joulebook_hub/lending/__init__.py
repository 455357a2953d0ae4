"""Lending GPUs to kernels: the rules (`desk`), the ledger that keeps them (`ledger`), and its tables."""
