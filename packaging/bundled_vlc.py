"""Points python-vlc at the libVLC inside the frozen program, before anything imports it."""

import os
import sys
from pathlib import Path

_folder = Path(getattr(sys, "_MEIPASS", ".")) / "vlc"
_names = {"win32": "libvlc.dll", "darwin": "lib/libvlc.dylib"}
if sys.platform in _names and (_folder / _names[sys.platform]).exists():
    os.environ["PYTHON_VLC_LIB_PATH"] = str(_folder / _names[sys.platform])
    os.environ["PYTHON_VLC_MODULE_PATH"] = str(_folder / "plugins")
    os.environ["VLC_PLUGIN_PATH"] = str(_folder / "plugins")
