"""What moves cameras while no command comes: a push of PTZ until stop, and cruises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from vsconsole.sandbox.world import Camera, World

TICK_SECONDS = 0.1
LONGEST_SECONDS = 60.0
"""A push that nobody stops ends by itself after so long."""

JOIN_SECONDS = 5.0

Step = Callable[[], float | None]
"""One step; the seconds until the next one, or None at the end."""


class Motions:
    """At most one motion a camera, each in a thread of its own that ends at stop or by itself."""

    def __init__(self, world: World) -> None:
        """Move the cameras of one world."""
        self._world = world
        self._guard = threading.Lock()
        self._running: dict[str, tuple[threading.Event, threading.Thread]] = {}

    def push(self, camera: Camera, command: str, speed: int) -> None:
        """Move step by step until `stop`; the first step is made at once. Speed 1 to 8."""
        left = round(LONGEST_SECONDS / TICK_SECONDS)

        def step() -> float | None:
            nonlocal left
            left -= 1
            with self._world.lock:
                device = self._world.devices.get(camera.device_id)
                if left < 0 or device is None or device.status != "online" or not camera.online:
                    return None
                self._world.move(camera, command, speed)
            return TICK_SECONDS

        self._start(camera, step)

    def cruise(self, camera: Camera, presets: Sequence[int], stay: float) -> None:
        """Go round over presets, staying at each; those not set are passed over."""
        at = 0

        def step() -> float | None:
            nonlocal at
            with self._world.lock:
                known = [index for index in presets if index in camera.presets]
                if not known:
                    return None
                self._world.go_to_preset(camera, known[at % len(known)])
                at += 1
            return stay

        self._start(camera, step)

    def stop(self, camera: Camera) -> None:
        """End what moves a camera; nothing to do when it stands."""
        with self._guard:
            ended, _ = self._running.pop(camera.id, (None, None))
        if ended is not None:
            ended.set()

    def moving(self, camera: Camera) -> bool:
        """Whether something moves a camera."""
        with self._guard:
            _, worker = self._running.get(camera.id, (None, None))
        return worker is not None and worker.is_alive()

    def close(self) -> None:
        """End every motion and wait for it."""
        with self._guard:
            running = list(self._running.values())
            self._running.clear()
        for ended, _ in running:
            ended.set()
        for _, worker in running:
            worker.join(JOIN_SECONDS)

    def _start(self, camera: Camera, step: Step) -> None:
        """Take over from what moved the camera before."""
        self.stop(camera)
        wait = step()
        if wait is None:
            return
        ended = threading.Event()

        def run(pause: float | None) -> None:
            while pause is not None and not ended.wait(pause):
                pause = self._one(ended, step)

        worker = threading.Thread(
            target=run, args=(wait,), name=f"sandbox-motion-{camera.number}", daemon=True
        )
        with self._guard:
            self._running[camera.id] = (ended, worker)
        worker.start()

    def _one(self, ended: threading.Event, step: Step) -> float | None:
        # Under the world's lock, as the stop command is: no step comes after it was answered.
        with self._world.lock:
            return None if ended.is_set() else step()
