"""``python -m joulebook_hub up | down | status | password``."""

import sys

from joulebook_hub.commands import main

if __name__ == "__main__":
    sys.exit(main())
