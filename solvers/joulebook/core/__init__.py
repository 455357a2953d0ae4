"""What all domains share: quantities, designs, results, errors, progress, sweeps, provenance, plugins."""
