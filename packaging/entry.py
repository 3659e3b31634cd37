"""Where the frozen program begins."""

import sys

from vsconsole.cli.main import main

sys.exit(main())
