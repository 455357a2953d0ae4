"""Jupyter kernels of Joulebook: kernel specifications, and the provisioner that lends GPUs to kernels.

"Kernel" means a Jupyter kernel here and everywhere else; loops that compute live with the engines.
"""

from joulebook_kernels.broker import Lease, LeaseBroker, LeaseUnavailableError
from joulebook_kernels.cards import Card, CardFinder

__all__ = ["Card", "CardFinder", "Lease", "LeaseBroker", "LeaseUnavailableError"]
