"""``python -m joulebook`` is the shell command."""

import sys

from joulebook.core.commands import main

if __name__ == "__main__":
    sys.exit(main())
