"""What the info overlay of a tile says: measured numbers, the most telling first."""

from __future__ import annotations

from vsconsole.domain.model import Store, StreamProfile
from vsconsole.i18n import N_, _
from vsconsole.ui.wall.session import Mode, TileSession

_NOT_KNOWN = "–"
_STORES = {
    Store.CLOUD: N_("cloud recording"),
    Store.DEVICE: N_("device recording"),
    Store.LOCAL: N_("file"),
}


def rows(session: TileSession) -> list[tuple[str, str]]:
    """(name, value) of each thing measured; a dash where it is not known."""
    stats, rates = session.meter.last, session.meter.rates
    said = f"{stats.frames_per_second:.3g}" if stats.frames_per_second else ""
    size = f"{stats.width}×{stats.height}" if stats.width else _NOT_KNOWN
    found = [
        (_("Video"), f"{size} {stats.video}".strip()),
        (_("Frame rate"), _frames(rates.frames, said)),
        (_("Bit rate"), _bits(rates.bits)),
    ]
    if session.mode is Mode.LIVE:
        found.append((_("Delay"), _seconds(stats.delay)))
    found += [
        (_("Dropped"), str(stats.frames_lost)),
        (_("Buffer"), _seconds(stats.buffered)),
        (_("Stream"), _stream(session, stats.protocol)),
    ]
    if stats.audio:
        found.append((_("Sound"), stats.audio))
    if stats.reopened:
        found.append((_("Opened again"), str(stats.reopened)))
    return found


def _frames(measured: float | None, said: str) -> str:
    if measured is None:
        return _NOT_KNOWN
    text = _("{rate} /s").format(rate=f"{measured:.1f}")
    return _("{measured} (stream says {said})").format(measured=text, said=said) if said else text


def _bits(bits: float | None) -> str:
    if bits is None or bits <= 0:
        return _NOT_KNOWN
    if bits >= 1e6:
        return _("{rate} Mbit/s").format(rate=f"{bits / 1e6:.1f}")
    return _("{rate} kbit/s").format(rate=f"{bits / 1e3:.0f}")


def _seconds(seconds: float | None) -> str:
    return _NOT_KNOWN if seconds is None else _("{seconds} s").format(seconds=f"{seconds:.1f}")


def _stream(session: TileSession, protocol: str) -> str:
    if session.mode is not Mode.LIVE:
        kind = _(_STORES[session.store])
    elif session.profile is StreamProfile.SUB and session.has_sub:
        kind = _("sub")
    else:
        kind = _("main")
    if session.mode is Mode.LIVE and session.has_sub:
        how = _("pinned") if session.pinned else _("by size")
        kind = f"{kind} ({how})"
    return f"{kind}, {protocol.upper()}" if protocol else kind
