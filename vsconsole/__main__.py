"""Entry: `python -m vsconsole`."""

import sys

from vsconsole.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
