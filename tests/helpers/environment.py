"""The same machine for every test: no display, no user folders, one language, one time zone."""

import atexit
import contextlib
import locale
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

TIME_ZONE = "Asia/Kathmandu"
"""Not UTC, not Beijing, no whole hour: a zone mixed up shows in every test."""


def fix() -> Path:
    """Point everything that belongs to the user into a temporary folder and return that.

    To be called before Qt, keyring or platformdirs are imported.
    """
    home = Path(tempfile.mkdtemp(prefix="vsconsole-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    for name in list(os.environ):
        # A proxy or an account of the machine must not reach a test.
        if name.lower().endswith("_proxy") or name.startswith("VSCONSOLE_"):
            del os.environ[name]
    for name in ("LANGUAGE", "LC_MESSAGES", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY"):
        os.environ.pop(name, None)
    os.environ.pop("WAYLAND_DISPLAY", None)
    os.environ.update(
        {
            "HOME": str(home),
            "USERPROFILE": str(home),
            "APPDATA": str(home / "roaming"),
            "LOCALAPPDATA": str(home / "local"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_RUNTIME_DIR": str(runtime),
            # Refuses loudly, as on a machine without a keyring; `null` would lose secrets quietly.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": "1",
            "LC_ALL": "C.UTF-8",
            "LANG": "C.UTF-8",
        }
    )
    with contextlib.suppress(locale.Error):
        # Older systems know it only as C, which they are in already.
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    if sys.platform != "win32":
        # Windows reads the variable in another form and has no way to apply it.
        os.environ["TZ"] = TIME_ZONE
        time.tzset()
    return home
