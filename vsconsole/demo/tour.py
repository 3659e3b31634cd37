"""The tour: walks through an operator's day by clicks and keys, checks, photographs, times it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from vsconsole.demo import hands
from vsconsole.demo.hands import NotSeen, pause, photograph
from vsconsole.demo.stage import Program, Stage
from vsconsole.demo.steps import STEPS
from vsconsole.domain.errors import ConsoleError
from vsconsole.work.qt import Heartbeat
from vsconsole.work.watchdog import Stall, Watchdog

if TYPE_CHECKING:
    from vsconsole.demo.process import SandboxProcess

_STALL = 0.05
_SIZE = QRect(0, 0, 1600, 960)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """How one step went; `picture` is the file's name in the tour's folder."""

    name: str
    ok: bool
    seconds: float
    picture: str
    detail: str


class Tour:
    """Runs the steps and keeps the report."""

    def __init__(
        self, program: Program, sandbox: SandboxProcess, folder: Path, footage: Path
    ) -> None:
        self._program = program
        self._folder = folder
        self._stalls: list[tuple[str, Stall]] = []
        self._step = "start"
        self._reports: list[StepReport] = []
        self._heartbeat = Heartbeat(Watchdog(self._stalled, limit=_STALL))
        self.stage = Stage(program, sandbox, folder, footage, self._photograph)

    def run(self) -> dict[str, Any]:
        """Every step in order; one that fails does not keep the others from being tried."""
        for old in self._folder.glob("[0-9][0-9]-*.png"):
            old.unlink()
        hands.own_work = self._heartbeat.aside
        self._program.start(_SIZE)
        for number, (name, step) in enumerate(STEPS, 1):
            self._step = name
            self._heartbeat.start()
            report = self._do(number, name, step)
            self._photograph(report.picture)
            self._heartbeat.stop()
            self._reports.append(report)
            sign = "ok  " if report.ok else "FAIL"
            _say(f"{sign} {report.seconds:6.2f} s  {name}: {report.detail}")
        self._reports.append(self._stall_report())
        return {
            "steps": [asdict(report) for report in self._reports],
            "stalls": [
                {
                    "step": step,
                    "ms": round(stall.seconds * 1000),
                    "busy_ms": round(stall.busy * 1000),
                    "queued_ms": round(stall.queued * 1000),
                    "stack": stall.stack,
                }
                for step, stall in self._stalls
            ],
        }

    def _do(self, number: int, name: str, step: Callable[[Stage], str]) -> StepReport:
        began = monotonic()
        try:
            detail, ok = step(self.stage), True
        except (NotSeen, ConsoleError) as problem:
            detail, ok = str(problem), False
        except Exception as problem:  # noqa: BLE001 - a broken step is reported like a failed one
            detail, ok = f"{type(problem).__name__}: {problem}", False
        slug = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
        return StepReport(
            name=name,
            ok=ok,
            seconds=round(monotonic() - began, 3),
            picture=f"{number:02d}-{slug}.png",
            detail=detail,
        )

    def _photograph(self, name: str) -> None:
        """Saves a picture; the time that takes is the tour's own and not counted as waiting."""
        desk = self._program.desk
        if desk is not None:
            self._heartbeat.stop()
            photograph(desk.window, self._folder / name)
            self._heartbeat.start()

    def _stalled(self, stall: Stall) -> None:
        self._stalls.append((self._step, stall))

    def _stall_report(self) -> StepReport:
        worst = max((one.seconds - one.queued for _step, one in self._stalls), default=0.0)
        places = ", ".join(
            f"{step} {(stall.seconds - stall.queued) * 1000:.0f} ms" for step, stall in self._stalls
        )
        return StepReport(
            name="the window never waited",
            ok=not self._stalls,
            seconds=round(worst, 3),
            picture="",
            detail=f"stalls over {_STALL * 1000:.0f} ms: {places or 'none'}",
        )


def run_tour(
    program: Program, sandbox: SandboxProcess, folder: Path, footage: Path, *, json: bool
) -> int:
    """Walks the tour and writes `report.json` into `folder`; 0, or 1 where a step failed."""
    folder.mkdir(parents=True, exist_ok=True)
    tour = Tour(program, sandbox, folder, footage)
    report = tour.run()
    text = _text(report)
    (folder / "report.json").write_text(text, encoding="utf-8")
    if json:
        sys.stdout.write(text + "\n")
    failed = [step["name"] for step in report["steps"] if not step["ok"]]
    _say(f"{len(report['steps']) - len(failed)} passed, {len(failed)} failed")
    desk = program.desk
    if desk is not None:
        desk.window.close()
        pause(0.1)
    QApplication.processEvents()
    return 1 if failed else 0


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _text(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2)
