"""What a long look for garbage found in use is not looked through again."""

from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own: what is set aside is so for good.
_CODE = """
import gc, sys, weakref
from vsconsole.work.garbage import Short
class Thing: pass
def ring():
    one = Thing(); one.itself = one
    return one
gc.disable()
short = Short(float(sys.argv[1])); short.begin(); short.begin()
assert len(gc.callbacks) == 1
kept, lost = ring(), weakref.ref(ring())
gc.collect(1)
young = gc.get_freeze_count()
gc.collect()
aside = gc.get_freeze_count()
seen = weakref.ref(kept)
kept.itself = None
del kept
print(young == 0, aside > 1000, lost() is None, seen() is None)
short.end()
assert not gc.callbacks
"""


@pytest.mark.parametrize(("longest", "aside"), [(-1.0, True), (60.0, False)])
def test_only_what_took_long_is_set_aside_and_garbage_never(longest: float, aside: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(longest)], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", str(aside), "True", "True"]
