"""The steps of the tour: each does one thing an operator does and checks what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QFileDialog,
)

from vsconsole.demo import clouds, hands, steering, together, wall_steps
from vsconsole.demo.hands import NotSeen, wait_for
from vsconsole.demo.stage import SLOW, Stage
from vsconsole.domain import days
from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Ability, Channel, Status, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import language
from vsconsole.player.backend import PlayerState
from vsconsole.services.pinyin import readings
from vsconsole.ui import drag, tokens
from vsconsole.ui.dialogs.accounts import AccountDialog
from vsconsole.ui.dialogs.preset import PresetDialog
from vsconsole.ui.timeline.transport import Control
from vsconsole.ui.wall.session import Mode

_CTRL = Qt.KeyboardModifier.ControlModifier


def _first_start(stage: Stage) -> str:
    tree = stage.window.tree
    wait_for(lambda: tree.isVisible(), 5, "no tree")
    if tree.model.account_count:
        raise NotSeen("accounts are there already")
    return "an empty desk offers three ways in"


def _wrong_secret(stage: Stage) -> str:
    stage.press("add-account")
    dialog: AccountDialog = stage.dialog(AccountDialog)
    entry = stage.entry("tencent")
    for name, value in {**entry["fields"], "name": entry["name"]}.items():
        hands.write(dialog.input(name), "x" * len(value) if name == "secret_key" else value)
    hands.click(dialog.verify_button)
    wait_for(lambda: dialog.verify_button.isEnabled(), 10, "no answer")
    text = dialog.outcome.text()
    if not text or dialog.outcome.property("role") != "problem":
        raise NotSeen(f"a wrong secret was taken: {text}")
    hands.pause(0.05)
    stage.photograph("02a-why-it-failed.png")
    return text


def _right_secret(stage: Stage) -> str:
    dialog: AccountDialog = stage.dialog(AccountDialog)
    hands.write(dialog.input("secret_key"), stage.entry("tencent")["fields"]["secret_key"])
    hands.click(dialog.verify_button)
    wait_for(lambda: dialog.verify_button.isEnabled(), 10, "no answer")
    if dialog.outcome.property("role") != "good":
        raise NotSeen(dialog.outcome.text())
    hands.click(dialog.save_button)
    wait_for(lambda: not stage.open_dialogs(AccountDialog), 5, "the login was not saved")
    model = stage.window.tree.model
    wait_for(lambda: model.channel_count > 0, 10, "no camera was listed")
    wait_for(lambda: not stage.desk.accounts.busy, 20, "the list did not end")
    return f"{model.channel_count} cameras listed"


def _search(stage: Stage) -> str:
    tree = stage.window.tree
    chinese = next(
        (c for c in stage.channels(lambda c: all("\u4e00" <= s <= "\u9fff" for s in c.name))), None
    )
    if chinese is None:
        raise NotSeen("no camera has a Chinese name")
    found: list[str] = []
    stage.program.dispatcher.start(
        stage.desk, lambda: readings([chinese.name])[chinese.name].initials, found.append
    )
    wait_for(lambda: bool(found), 10, "nobody knows how the name is spelt")
    initials = found[0]
    hands.click(tree.search)
    hands.write(tree.search, initials)
    wait_for(
        lambda: tree.model.filtered and tree.model.index_of_key(chinese.key).isValid(),
        5,
        f"{initials} does not find {chinese.name}",
    )
    hands.pause(0.1)
    stage.photograph("04a-search.png")
    hands.key(tree.search, Qt.Key.Key_Escape)
    wait_for(lambda: not tree.model.filtered, 3, "the search does not end")
    return f"{initials} finds {chinese.name}"


def _is_live(channel: Channel) -> bool:
    return channel.status is Status.ONLINE and Ability.LIVE in channel.abilities


def _live(stage: Stage) -> str:
    channel = stage.channels(lambda c: _is_live(c) and Ability.PTZ in c.abilities)[0]
    stage.show(channel)
    stage.wait_state(PlayerState.PLAYING)
    wait_for(lambda: hands.burnt_in(stage.tile) is not None, 10, "no readable picture")
    late = (now() - stage.burnt()).total_seconds()
    if not -1 <= late <= 5:
        raise NotSeen(f"the live picture is {late:.1f} s late")
    return f"{channel.name} is {late:.1f} s behind now"


def _four_tiles(stage: Stage) -> str:
    stage.choose_layout("4")
    wall = stage.window.wall
    shown = stage.session.channel
    others = stage.channels(lambda c: _is_live(c) and c != shown)[:3]
    for tile, channel in zip(wall.tiles[1:], others, strict=False):
        hands.drop(tile, drag.channels_data([channel.key]))
    wait_for(
        lambda: all(t.session and t.session.state is PlayerState.PLAYING for t in wall.tiles),
        SLOW,
        lambda: ", ".join(str(t.session.state if t.session else "empty") for t in wall.tiles),
    )
    wait_for(
        lambda: all(hands.burnt_in(tile) is not None for tile in wall.tiles),
        10,
        "a picture is missing",
    )
    lates = [(now() - (hands.burnt_in(tile) or now())).total_seconds() for tile in wall.tiles]
    stage.photograph("06a-four.png")
    hands.double_click(wall.tiles[2], wall.tiles[2].rect().center())
    wait_for(lambda: wall.enlarged, 1, "a double-click does not enlarge")
    hands.key(wall.tiles[2], Qt.Key.Key_Return)
    wait_for(lambda: not wall.enlarged, 1, "Enter does not bring the layout back")
    return f"4 live pictures, at most {max(lates):.1f} s behind"


def _pick_day(stage: Stage) -> str:
    wall = stage.window.wall
    channel = _main_channel(stage)
    for tile in wall.tiles:
        if tile.session and tile.session.channel == channel:
            hands.click(tile)
            break
    else:
        hands.click(wall.tiles[0])
        stage.show(channel)
    stage.press("playback")
    wait_for(lambda: stage.session.mode is Mode.PLAYBACK, 3, "still live")
    day = _yesterday(stage)
    calendar = stage.window.calendar
    calendar.show_month(day.year, day.month)
    grid = calendar.grid
    hands.click(grid, grid.rect_of(day).center().toPoint())
    stage.wait_state(PlayerState.PLAYING)
    wait_for(
        lambda: (
            (w := hands.burnt_in(stage.tile)) is not None
            and days.day_of(w, stage.session.zone) == day
        ),
        SLOW,
        "the picture is not of the day chosen",
    )
    span = days.span_of(day, stage.session.zone)
    wait_for(
        lambda: len(stage.segments(Store.CLOUD).clip(span)) > 0, 10, "no footage on the timeline"
    )
    return f"{day} plays from {stage.clock(stage.burnt())}"


def _main_channel(stage: Stage) -> Channel:
    """A camera with footage in the cloud and on the device that can be moved."""
    wanted = {Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS, Ability.PTZ, Ability.LIVE}
    return stage.channels(lambda c: wanted <= c.abilities and c.status is Status.ONLINE)[0]


def _yesterday(stage: Stage) -> date:
    """The newest past day with a gap in its cloud footage."""
    zone = stage.session.zone
    channel = stage.session.channel
    assert channel is not None
    for back in range(1, 15):
        day = days.day_of(now() - timedelta(days=back), zone)
        span = days.span_of(day, zone)
        found = stage.recorded(channel, Store.CLOUD, span, 10, "the day's footage did not come")
        inner = found.gaps(Span(found.bounds.begin, found.bounds.end)) if found.bounds else []
        if any(gap.seconds > 60 for gap in inner):
            stage.gaps = [(g.begin, g.end) for g in inner if g.seconds > 60]
            return day
    raise NotSeen("no day with a gap in two weeks")


def _seek_by_click(stage: Stage) -> str:
    found = stage.segments(Store.CLOUD).joined()
    day = days.span_of(days.day_of(stage.burnt(), stage.session.zone), stage.session.zone)
    spans = [s for s in found.clip(day).spans() if s.seconds > 1200]
    if not spans:
        raise NotSeen("no long recording on this day")
    offsets = []
    for share in (0.3, 0.62, 0.45):
        span = spans[min(1, len(spans) - 1)]
        asked = stage.click_time(span.begin + share * (span.end - span.begin))
        stage.wait_state(PlayerState.PLAYING, PlayerState.PAUSED)
        stage.pause()
        offsets.append(stage.wait_burnt(asked, right=4.0))
        hands.click(stage.window.transport.buttons[Control.PLAY])
    return (
        "clicks landed " + ", ".join(f"{offset:+.2f} s" for offset in offsets) + " from the pixel"
    )


def _go_to_time(stage: Stage) -> str:
    stage.wait_state(PlayerState.PLAYING, PlayerState.PAUSED)
    stage.pause()
    found = stage.segments(Store.CLOUD).joined()
    day = days.span_of(days.day_of(stage.burnt(), stage.session.zone), stage.session.zone)
    wanted = day.begin + timedelta(hours=8, minutes=42, seconds=49)
    asked = wanted if found.covers(wanted) else found.snap(wanted)
    if asked is None:
        raise NotSeen("nothing is recorded after 08:42:49")
    asked = asked.replace(microsecond=0) + timedelta(seconds=0 if asked == wanted else 5)
    stage.go_to(asked)
    off = stage.wait_burnt(asked)
    return f"{stage.clock(asked)} typed, {off:+.2f} s off"


def _command_box(stage: Stage) -> str:
    """One line: the camera's name and a moment in the words of an operator."""
    channel = stage.session.channel
    assert channel is not None
    stage.pause()
    at = stage.burnt().replace(microsecond=0)
    found = stage.segments(Store.CLOUD).joined()
    asked = next(
        (one for one in (at + timedelta(minutes=m) for m in (11, 7, -9, 3)) if found.covers(one)),
        None,
    )
    if asked is None:
        raise NotSeen("nothing is recorded near the picture")
    local = asked.astimezone(stage.zone)
    today = days.day_of(now(), stage.session.zone)
    back = (today - local.date()).days
    day = "昨天" if back == 1 else f"{back} 天前"
    stage.press("command")
    box = stage.desk.command.box
    assert box is not None
    hands.write(box.line, f"{channel.name} {day} {local:%H:%M:%S}")
    wait_for(lambda: bool(box.rows()), 5, "the line was not read")
    row = box.rows()[0]
    hands.pause(0.1)
    stage.photograph("10a-command-box.png")
    hands.enter(box.line)
    off = stage.wait_burnt(asked)
    return f"{day} {local:%H:%M:%S}: {row.detail}, {off:+.2f} s off"


def _frame_steps(stage: Stage) -> str:
    stage.pause()
    # A decoder that is told to pause may still hand out a picture or two.
    before = stage.still()
    hands.click(stage.window.transport.buttons[Control.FRAME_ON])
    wait_for(lambda: stage.burnt() > before, 5, "the next frame did not come")
    after = stage.burnt()
    step = (after - before).total_seconds()
    if not 0 < step < 0.2:
        raise NotSeen(f"one frame on was {step:.3f} s")
    presses = 0
    # libVLC tells no time of a playlist's pictures: after playing, the clock may be a frame off.
    while stage.burnt() >= after and presses < 3:
        presses += 1
        hands.click(stage.window.transport.buttons[Control.FRAME_BACK])
        stage.wait_state(PlayerState.PAUSED)
        stage.still()
    if stage.burnt() >= after:
        raise NotSeen("the frame before did not come")
    return f"a frame is {step * 1000:.0f} ms; on, and back in {presses}"


def _cross_gap(stage: Stage) -> str:
    begin, end = stage.gaps[0]
    stage.go_to(begin - timedelta(seconds=4))
    stage.wait_burnt(begin - timedelta(seconds=4), right=1.0)
    stage.play()
    black = [0]

    def crossed() -> bool:
        black[0] += not stage.tile.has_picture()
        when = hands.burnt_in(stage.tile)
        return when is not None and when >= end - timedelta(seconds=0.2)

    wait_for(crossed, SLOW, lambda: f"still at {stage.clock(stage.burnt())}")
    first = stage.burnt()
    if (first - end).total_seconds() > 3:
        raise NotSeen(f"came out of the gap at {stage.clock(first)}")
    if black[0]:
        raise NotSeen("black between two recordings")
    return f"{(end - begin).total_seconds() / 60:.0f} min gap crossed without black"


def _click_in_gap(stage: Stage) -> str:
    begin, end = stage.gaps[0]
    stage.window.timeline.zoom_to(Span(begin - (end - begin), end + (end - begin)))
    hands.pause(0.3)
    told = len(stage.window.notifier.messages)
    stage.click_time(begin + (end - begin) / 2)
    off = stage.wait_burnt(end, right=2.0)
    if len(stage.window.notifier.messages) == told:
        raise NotSeen("nothing was said about the gap")
    message = stage.window.notifier.messages[-1]
    return f"{message.text} {message.detail} ({off:+.2f} s)"


def _device(stage: Stage) -> str:
    found = stage.segments(Store.CLOUD)
    at = stage.burnt()
    span = days.span_of(days.day_of(at, stage.session.zone), stage.session.zone)
    device = stage.segments(Store.DEVICE).joined().clip(span)
    if not len(found) or not len(device):
        raise NotSeen("no footage on the device on this day")
    long = max(device.spans(), key=lambda s: s.seconds)
    moment = (long.begin + (long.end - long.begin) / 3).replace(microsecond=0)
    chooser = stage.window.transport.stores.menu()
    lane = stage.window.timeline_model.selected
    assert lane is not None
    hands.choose(chooser, lane.stores.index(Store.DEVICE))
    wait_for(lambda: stage.session.store is Store.DEVICE, 3, "the store was not taken")
    stage.go_to(moment)
    stage.wait_burnt(moment, right=3.0)
    stage.pause()
    hands.pause(0.6)
    held = stage.burnt()
    hands.pause(1.5)
    if stage.burnt() != held:
        raise NotSeen("the picture runs on while paused")
    target = (moment + timedelta(seconds=90)).replace(microsecond=0)
    if target >= long.end:
        target = moment - timedelta(seconds=20)
    stage.go_to(target)
    off = stage.wait_burnt(target, right=0.6)
    return f"held at {stage.clock(held)} for 1.5 s; sought {off:+.2f} s"


def _device_speed(stage: Stage) -> str:
    stage.play()
    stage.desk.playing.set_speed(4)
    player = stage.session.player
    wait_for(
        lambda: player.speed_measured is not None and abs(player.speed_measured - 4) < 0.8,
        15,
        lambda: f"4x asked, {player.speed_measured} measured",
    )
    measured = player.speed_measured
    stage.desk.playing.set_speed(1)
    return f"4x asked, {measured:.1f}x measured"


def _ptz(stage: Stage) -> str:
    stage.press("live")
    stage.wait_state(PlayerState.PLAYING)
    button = stage.window.ptz.button(PtzMove.RIGHT)
    wait_for(lambda: button.isVisible() and button.isEnabled(), 5, "the pad does not come")
    told = len(stage.window.notifier.messages)
    hands.hold(button, 1.2)
    hands.pause(0.3)
    if len(stage.window.notifier.messages) != told:
        raise NotSeen(stage.window.notifier.messages[-1].text)
    return "held right for 1.2 s"


def _preset(stage: Stage) -> str:
    box = stage.window.ptz.presets
    wait_for(lambda: box.set_button.isVisible() and box.set_button.isEnabled(), 5, "no presets")
    before = box.list.count()
    hands.click(box.set_button)
    dialog: PresetDialog = stage.dialog(PresetDialog)
    hands.write(dialog.name, "Gate")
    hands.key(dialog.name, Qt.Key.Key_Return)
    wait_for(lambda: box.list.count() == before + 1, 5, "the preset is not on the list")
    row = next(i for i in range(box.list.count()) if "Gate" in box.list.item(i).text())
    box.list.setCurrentRow(row)
    hands.click(box.goto_button)
    hands.pause(0.3)
    return f"{box.list.item(row).text()} is set, and gone to"


def _download(stage: Stage) -> str:
    stage.press("playback")
    stage.desk.playing.set_store(Store.CLOUD)
    _begin, end = stage.gaps[0]
    stage.go_to(end + timedelta(seconds=20))
    stage.wait_burnt(end + timedelta(seconds=20), right=2.0)
    timeline = stage.window.timeline
    timeline.zoom_to(Span(end, end + timedelta(minutes=2)))
    hands.pause(0.3)
    y = timeline.height() // 2
    left = QPoint(round(timeline.scale.x_of(end + timedelta(seconds=20))), y)
    right = QPoint(round(timeline.scale.x_of(end + timedelta(seconds=60))), y)
    hands.drag(timeline, left, right, _CTRL)
    span = stage.window.timeline_model.range
    if span is None or abs(span.seconds - 40) > 3:
        raise NotSeen(f"Ctrl+drag selected {span}")
    hands.click(stage.window.transport.export)
    target = stage.folder / "footage" / "export.mp4"
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    hands.choose_file(stage.dialog(QFileDialog), target)
    wait_for(target.exists, 30, lambda: _jobs_text(stage))
    wait_for(lambda: stage.program.services.downloads.all()[-1].state.ended, 5, "not ended")
    got = stage.program.services.downloads.all()[-1]
    seconds = sum(part.seconds for part in got.got) - got.short
    if abs(seconds - span.seconds) > 2:
        raise NotSeen(f"{span.seconds:.1f} s asked, the file has {seconds:.1f} s")
    return f"{seconds:.1f} s in {target.stat().st_size // 1000} kB"


def _jobs_text(stage: Stage) -> str:
    jobs = stage.window.jobs.jobs()
    return "; ".join(f"{job.title}: {job.state} {job.detail}" for job in jobs) or "no job"


def _folder(stage: Stage) -> str:
    folder = stage.footage
    wait_for(folder.is_dir, 60, "the footage was not made")
    stage.window.actions_["open-folder"].trigger()
    hands.choose_file(stage.dialog(QFileDialog), folder)
    wait_for(
        lambda: len(stage.channels(lambda c: c.stores == (Store.LOCAL,))) >= 2,
        20,
        "the folder's cameras are not in the tree",
    )
    return ", ".join(c.name for c in stage.channels(lambda c: c.stores == (Store.LOCAL,)))


def _play_local(stage: Stage) -> str:
    told = []
    for channel in stage.channels(lambda c: c.stores == (Store.LOCAL,))[:2]:
        hands.click(stage.window.wall.tiles[3])
        stage.show(channel)
        stage.wait_state(PlayerState.PLAYING, PlayerState.PAUSED)
        wait_for(lambda: len(stage.segments(Store.LOCAL)) > 0, 10, "no footage on the timeline")
        first = next(iter(stage.segments(Store.LOCAL).spans()))
        asked = (first.begin + timedelta(seconds=47)).replace(microsecond=0)
        stage.pause()
        stage.go_to(asked)
        off = stage.wait_burnt(asked)
        told.append(f"{channel.name} {off:+.2f} s")
    return ", ".join(told)


def _language(stage: Stage) -> str:
    old = stage.window
    other = "zh_CN" if language() == "en" else "en"
    hands.choose(old.settings_menu, old.settings_menu.actions().index(old.language_actions[other]))
    wait_for(lambda: stage.window is not old and language() == other, 5, "no other language")
    hands.pause(1.5)
    return f"now in {other}"


def _scheme(stage: Stage) -> str:
    before = tokens.current().name
    other = "light" if before == "dark" else "dark"
    menu = stage.window.settings_menu
    hands.choose(menu, menu.actions().index(stage.window.actions_[other]))
    wait_for(lambda: tokens.current().name == other, 3, "the colours did not change")
    hands.pause(0.3)
    return f"now {other}"


def _back(stage: Stage) -> str:
    _language(stage)
    _scheme(stage)
    return f"{language()}, {tokens.current().name}; {datetime.now(UTC):%H:%M} UTC"


STEPS: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("first start", _first_start),
    ("account with a wrong secret", _wrong_secret),
    ("the right secret", _right_secret),
    ("search by pinyin", _search),
    ("live", _live),
    ("four tiles by drag", _four_tiles),
    ("views and tabs", wall_steps.views_and_tabs),
    ("pick a day", _pick_day),
    ("seek by clicking", _seek_by_click),
    ("go to a time", _go_to_time),
    ("command box", _command_box),
    ("frame by frame", _frame_steps),
    ("cross a gap", _cross_gap),
    ("click in a gap", _click_in_gap),
    ("device playback", _device),
    ("device speed", _device_speed),
    ("ptz", _ptz),
    ("preset", _preset),
    ("steer by keys and on the picture", steering.steer),
    ("download a range", _download),
    ("four more clouds", clouds.more_clouds),
    ("Link Visual", clouds.visit("linkvisual")),
    ("Ctyun", clouds.visit("ctyun")),
    ("Volcengine", clouds.visit("volcengine")),
    ("Imou", clouds.visit("imou")),
    ("open a folder", _folder),
    ("play local footage", _play_local),
    ("synchronized", together.synchronized),
    ("what an AI said", clouds.said_by_ai),
    ("the other language", _language),
    ("the other colours", _scheme),
    ("back again", _back),
)
