"""The desk the box lies over."""

from tests.ui.desk.conftest import hand, sandbox

__all__ = ["hand", "sandbox"]
