"""PTZ that lasts: a camera turns for as long as it was told, or until it is stopped."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from vsconsole.sandbox.world import Camera, World

TICK = 0.04
"""Seconds between two steps of one degree: 25 degrees a second."""

JOIN_SECONDS = 3.0


@dataclass(kw_only=True, slots=True)
class _Motion:
    """One movement: since when, how many steps in all, and how many are done."""

    camera: Camera
    command: str
    began: float
    steps: int
    done: int = 0


class Motions:
    """The cameras that move now; a thread runs only while there are any."""

    def __init__(self, world: World) -> None:
        """Move cameras of one world."""
        self._world = world
        self._moving: dict[str, _Motion] = {}
        self._worker: threading.Thread | None = None
        self._ending = threading.Event()

    def begin(self, camera: Camera, command: str, seconds: float) -> None:
        """Move for some seconds in place of what the camera does now."""
        with self._world.lock:
            self.stop(camera)
            self._moving[camera.id] = _Motion(
                camera=camera,
                command=command,
                began=time.monotonic(),
                steps=max(1, round(seconds / TICK)),
            )
            if self._worker is None and not self._ending.is_set():
                self._worker = threading.Thread(
                    target=self._run, name="sandbox-imou-ptz", daemon=True
                )
                self._worker.start()

    def stop(self, camera: Camera) -> None:
        """Stay where the camera looks now."""
        with self._world.lock:
            self._advance()
            self._moving.pop(camera.id, None)

    def close(self) -> None:
        """End all movement and the thread."""
        self._ending.set()
        worker = self._worker
        if worker is not None:
            worker.join(JOIN_SECONDS)
        self._ending.clear()

    def _run(self) -> None:
        while True:
            with self._world.lock:
                self._advance()
                if self._ending.is_set() or not self._moving:
                    self._moving.clear()
                    self._worker = None
                    return
            self._ending.wait(TICK)

    def _advance(self) -> None:
        """Take all steps that are due; the count depends on the clock alone."""
        now = time.monotonic()
        for key, motion in list(self._moving.items()):
            due = min(motion.steps, int((now - motion.began) / TICK))
            for _ in range(due - motion.done):
                self._world.move(motion.camera, motion.command, 1)
            motion.done = due
            if motion.done == motion.steps:
                del self._moving[key]
