"""Where the program keeps things: the user's folders, a profile's folders, its own resources."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

_PRIVATE = 0o700


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """The four folders of one profile; they need not exist until `create` was called.

    `config` holds settings, `data` the user's own work (catalog, vault), `cache` what can be
    rebuilt, `log` the log files.
    """

    config: Path
    data: Path
    cache: Path
    log: Path

    @classmethod
    def default(cls) -> Self:
        """The folders the system gives this user's programs."""
        # Costs 25 ms to import, and a run with --profile does without.
        from platformdirs import PlatformDirs

        folders = PlatformDirs("vsconsole", appauthor=False)
        return cls(
            config=folders.user_config_path,
            data=folders.user_data_path,
            cache=folders.user_cache_path,
            log=folders.user_log_path,
        )

    @classmethod
    def for_profile(cls, folder: Path | str) -> Self:
        """All four inside `folder`, so that a profile can be copied, moved or deleted whole."""
        root = Path(folder).expanduser().absolute()
        return cls(
            config=root / "config", data=root / "data", cache=root / "cache", log=root / "log"
        )

    def create(self) -> Self:
        """Make the folders that are missing, readable by their owner only; raise OSError."""
        for folder in (self.config, self.data, self.cache, self.log):
            if not folder.is_dir():
                folder.parent.mkdir(parents=True, exist_ok=True)
                # mkdir's mode is subject to the umask, and parents take no mode at all.
                folder.mkdir(mode=_PRIVATE, exist_ok=True)
                if os.name == "posix":
                    folder.chmod(_PRIVATE)
        return self


@cache
def resources() -> Path:
    """The folder of icons and translations: inside an installed package, beside it in a checkout.

    Raises FileNotFoundError when the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "resources", package.parent / "resources"):
        if (folder / "locale").is_dir():
            return folder
    raise FileNotFoundError(f"no resources folder in {package} nor beside it")
