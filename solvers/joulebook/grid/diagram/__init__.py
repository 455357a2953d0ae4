"""The one-line drawing of a network: where buses stand when nobody has placed them."""
