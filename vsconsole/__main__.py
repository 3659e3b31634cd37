"""Entry: `python -m vsconsole`."""

import sys

from vsconsole.cli.main import main
from vsconsole.services import pinyin

if __name__ == "__main__":
    sys.exit(pinyin.serve() if pinyin.asked_for(sys.argv[1:]) else main())
