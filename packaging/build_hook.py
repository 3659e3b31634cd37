"""Compiles the translations when the package is built or installed."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling for every wheel, the one of an editable install included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, str(Path(self.root)))
        try:
            from tools.translations import compile_stale

            compile_stale()
        finally:
            sys.path.remove(str(Path(self.root)))
