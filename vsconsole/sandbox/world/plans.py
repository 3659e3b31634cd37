"""Plans and templates: who is recorded to the cloud, in which hours, kept for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from vsconsole.sandbox.world import recordings
from vsconsole.sandbox.world.model import Camera, Coverage, Plan, Range, Template

if TYPE_CHECKING:
    from vsconsole.sandbox.world.core import World

Kind = Literal["live", "backup"]


class PlanBook:
    """Every plan and template; a change reaches the recordings from that moment on."""

    def __init__(self, world: World) -> None:
        """Keep the plans of one world."""
        self._world = world
        self.templates: dict[str, Template] = {}
        self.plans: dict[str, Plan] = {}

    def of_kind(self, kind: Kind) -> list[Plan]:
        """The plans of a kind, oldest first."""
        return [p for p in self.plans.values() if p.kind == kind]

    def templates_of(self, kind: Kind) -> list[Template]:
        """The templates of a kind, oldest first."""
        return [t for t in self.templates.values() if t.kind == kind]

    def plan_of(self, camera: Camera, kind: Kind) -> Plan | None:
        """The one plan of a kind a camera can be in."""
        return next((p for p in self.of_kind(kind) if camera.id in p.cameras), None)

    def planned(self, kind: Kind) -> dict[str, str]:
        """Camera id to plan id over all plans of a kind."""
        return {camera: p.id for p in self.of_kind(kind) for camera in p.cameras}

    def uses(self, template: Template) -> bool:
        """Whether a plan stands on the template."""
        return any(p.template_id == template.id for p in self.plans.values())

    def add(self, plan: Plan, cameras: Iterable[Camera], since: int | None = None) -> None:
        """Put a plan to work; `since` lets it have worked before now."""
        self.plans[plan.id] = plan
        for camera in cameras:
            self.enrol(plan, camera, since)

    def enrol(self, plan: Plan, camera: Camera, since: int | None = None) -> None:
        """Record one more camera under a plan."""
        plan.cameras[camera.id] = None
        self._coverage(camera, plan.kind).append(self._cover(plan, since))

    def withdraw(self, plan: Plan, camera: Camera) -> None:
        """Stop recording a camera under a plan; what was recorded stays."""
        plan.cameras.pop(camera.id, None)
        self._close(camera, plan.kind)

    def delete(self, plan: Plan) -> None:
        """Stop a plan for all its cameras and forget it."""
        for camera_id in list(plan.cameras):
            self.withdraw(plan, self._world.cameras[camera_id])
        del self.plans[plan.id]

    def restart(self, plan: Plan) -> None:
        """Let changed hours or keeping times count from now on."""
        for camera_id in plan.cameras:
            camera = self._world.cameras[camera_id]
            self._close(camera, plan.kind)
            self._coverage(camera, plan.kind).append(self._cover(plan, None))

    def restart_template(self, template: Template) -> None:
        """The same for every plan on a changed template."""
        for plan in self.plans.values():
            if plan.template_id == template.id:
                self.restart(plan)

    def forget(self, camera: Camera) -> None:
        """Take a vanished camera out of every plan."""
        for plan in self.plans.values():
            plan.cameras.pop(camera.id, None)

    def backed_up(self, camera: Camera, day: int, now: int) -> Iterator[Range]:
        """What of one day's device recordings was fetched to the cloud during the day after."""
        for coverage in camera.backup_coverage:
            fetched_at = recordings.day_begin(day + 2)
            if fetched_at > now or recordings.day_begin(day) < coverage.begin:
                continue
            for item in recordings.covered(self._world.device_day(camera, day), coverage, day, now):
                yield Range(item.begin, item.end, "backup")

    def _cover(self, plan: Plan, since: int | None) -> Coverage:
        template = self.templates[plan.template_id]
        sections = template.sections if plan.kind == "live" else template.device_sections
        return Coverage(
            begin=int(self._world.now()) if since is None else since,
            end=None,
            sections=sections,
            hot_days=plan.hot_days,
            cold_days=plan.cold_days,
        )

    @staticmethod
    def _coverage(camera: Camera, kind: Kind) -> list[Coverage]:
        return camera.live_coverage if kind == "live" else camera.backup_coverage

    def _close(self, camera: Camera, kind: Kind) -> None:
        held = self._coverage(camera, kind)
        if held and held[-1].end is None:
            held[-1] = replace(held[-1], end=int(self._world.now()))
