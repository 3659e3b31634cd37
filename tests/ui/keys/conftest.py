"""The desk whose keys are changed."""

from tests.ui.desk.conftest import hand, sandbox

__all__ = ["hand", "sandbox"]
