"""A camera that keeps turning until it is told to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from vsconsole.sandbox.world import Camera, World

STEP_SECONDS = 0.1

LONGEST_SECONDS = 60.0
"""Assumed: a device stops by itself when no command comes for so long."""


@dataclass(kw_only=True, slots=True)
class _Turn:
    camera: Camera
    command: str
    speed: int
    steps: int


class Motions:
    """What turns now; one thread, only while something does. All under the world's lock."""

    def __init__(self, world: World) -> None:
        """Nothing turns."""
        self._world = world
        self._turning: dict[str, _Turn] = {}
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    def hold(self, camera: Camera, command: str, speed: int) -> None:
        """Turn a camera from now on, in place of what it did; the first step at once."""
        with self._world.lock:
            self._world.move(camera, command, speed)
            steps = round(LONGEST_SECONDS / STEP_SECONDS)
            self._turning[camera.id] = _Turn(
                camera=camera, command=command, speed=speed, steps=steps
            )
            if self._thread is None:
                self._ending.clear()
                self._thread = threading.Thread(
                    target=self._run, name="sandbox-linkvisual-ptz", daemon=True
                )
                self._thread.start()

    def release(self, camera: Camera) -> None:
        """Let a camera stand still."""
        with self._world.lock:
            self._turning.pop(camera.id, None)

    def close(self) -> None:
        """Let everything stand still and wait for the thread."""
        self._ending.set()
        with self._world.lock:
            self._turning.clear()
            thread = self._thread
        if thread is not None:
            thread.join(5)

    def _run(self) -> None:
        while True:
            self._ending.wait(STEP_SECONDS)
            with self._world.lock:
                for turn in list(self._turning.values()):
                    self._world.move(turn.camera, turn.command, turn.speed)
                    turn.steps -= 1
                    if turn.steps <= 0:
                        del self._turning[turn.camera.id]
                if not self._turning:
                    self._thread = None
                    return
