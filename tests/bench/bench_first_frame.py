"""Select to first frame, against bare libVLC and one call of the vendor's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.run import Row

_TIMES = 12


def measure() -> Iterator[Row]:
    """Medians over as many openings each way, in a process with the real window."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.first_frame", str(_TIMES)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    for row in json.loads(done.stdout.splitlines()[-1]):
        yield Row(
            name=f"select to first frame: {row['name']}",
            ours=row["ours median"],
            reference=row["bare median"],
            unit="s",
            goal=1.1,
        )
