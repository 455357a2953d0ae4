"""Three-phase and four-wire distribution feeders: designs, OpenDSS scripts, unbalanced power flow."""
