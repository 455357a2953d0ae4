"""Short circuits by IEC 60909-0: impedances of the sequences, currents at every bus, contributions of branches."""
