"""Where the frozen program begins."""

import sys

from vsconsole.cli.main import main
from vsconsole.services import pinyin

sys.exit(pinyin.serve() if pinyin.asked_for(sys.argv[1:]) else main())
