"""What was used of an account, in words; for the window and the command line."""

from __future__ import annotations

from vsconsole.i18n import N_, _, listed, ngettext
from vsconsole.services.usage import Level, Report
from vsconsole.store.usage import Count

_UNITS = ("B", "kB", "MB", "GB", "TB")
_LEVELS = {
    ("calls", "day"): N_("{used} of {most} calls a day ({percent} %)"),
    ("calls", "month"): N_("{used} of {most} calls a month ({percent} %)"),
    ("media", "day"): N_("{used} of {most} of media a day ({percent} %)"),
    ("media", "month"): N_("{used} of {most} of media a month ({percent} %)"),
}
_WAITS = {
    ("calls", "day"): N_("Events are asked for by hand only: {used} of today's {most} calls used."),
    ("calls", "month"): N_(
        "Events are asked for by hand only: {used} of this month's {most} calls used."
    ),
    ("media", "day"): N_(
        "Small pictures are not loaded: {used} of today's {most} of media used. Choose an event to"
        " see its picture."
    ),
    ("media", "month"): N_(
        "Small pictures are not loaded: {used} of this month's {most} of media used. Choose an"
        " event to see its picture."
    ),
}


def size_text(count: int) -> str:
    """Bytes in the largest decimal unit that fits, as limits are told: "56.7 MB"."""
    size, unit = float(count), 0
    # So that what is rounded never reads "1000.0 kB".
    while size >= 999.95 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{count} {_UNITS[0]}"


def count_text(count: Count) -> str:
    """ "1,234 calls (2 refused), 56.7 MB of answers, 1.2 GB of media"."""
    calls = ngettext("{n} call", "{n} calls", count.calls).format(n=f"{count.calls:,}")
    if count.refused:
        refused = ngettext("{calls} ({n} refused)", "{calls} ({n} refused)", count.refused)
        calls = refused.format(calls=calls, n=f"{count.refused:,}")
    return listed(
        [
            calls,
            _("{size} of answers").format(size=size_text(count.answers)),
            _("{size} of media").format(size=size_text(count.media)),
        ]
    )


def level_text(level: Level) -> str:
    """How far a limit is used: "11,100 of 30,000 calls a month (37 %)"."""
    return _filled(_LEVELS[level.quota.counted, level.quota.period], level)


def wait_text(level: Level) -> str:
    """What waits because a limit is near, and what can be done instead."""
    return _filled(_WAITS[level.quota.counted, level.quota.period], level)


def wait_words(level: Level) -> str:
    """What of the background waits because a limit is near, in one line: "Pictures wait: ..."."""
    return _("Pictures wait: {level}").format(level=level_text(level))


def count_lines(report: Report) -> list[str]:
    """Today's and this month's counts, each in a line."""
    return [
        _("Today: {counts}").format(counts=count_text(report.today)),
        _("This month: {counts}").format(counts=count_text(report.month)),
    ]


def rate_lines(report: Report) -> list[str]:
    """The rates that are kept by waiting, each in a line."""
    return [
        _("{call}: at most {n} a second").format(call=quota.call, n=quota.most)
        if quota.call
        else _("At most {n} calls a second").format(n=quota.most)
        for quota in report.rates
    ]


def lines(report: Report) -> list[str]:
    """All that is known, each in a line."""
    levels = [_("Limit: {level}").format(level=level_text(one)) for one in report.levels]
    return [*count_lines(report), *levels, *rate_lines(report)]


def _filled(text: str, level: Level) -> str:
    if level.quota.counted == "media":
        used, most = size_text(level.used), size_text(level.most)
    else:
        used, most = f"{level.used:,}", f"{level.most:,}"
    return _(text).format(used=used, most=most, percent=level.percent)
