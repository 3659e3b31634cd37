"""How soon the right picture is on screen after a seek, against bare libVLC."""

from collections.abc import Iterator

from tests.bench import seeks
from tests.bench.run import Row

COUNT = 200


def measure() -> Iterator[Row]:
    """Two rows for each kind of recording: the time to the picture, and the seeks that went wrong.

    Bare libVLC's time is over the seeks it got right, so where it got few there is little to
    compare with.
    """
    for row in seeks.run(COUNT):
        if row["ours"] is not None:
            yield Row(
                name=row["name"],
                ours=row["ours"],
                reference=row["reference"],
                unit="s",
                goal=row["goal"] if row["reference"] is not None else None,
            )
        wrong = row["total"] - row["right"]
        bare = f"{row['reference_total'] - row['reference_right']} of {row['reference_total']}"
        name = f"seeks gone wrong of {row['total']} (bare libVLC: {bare}): {row['name']}"
        yield Row(name=name, ours=wrong, unit="seeks", goal=0)
