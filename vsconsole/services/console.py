"""The API console without its window: what can be called, one call at a time, what was called."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from vsconsole.domain.errors import Cancelled, ConsoleError, InvalidInput, StorageError
from vsconsole.domain.model import Account, now
from vsconsole.domain.timeline import to_ms
from vsconsole.i18n import _
from vsconsole.paths import Paths
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import raw_calls_of
from vsconsole.store.files import write_whole
from vsconsole.vendors import registry

if TYPE_CHECKING:
    from vsconsole.services.accounts import Accounts
    from vsconsole.store.catalog import Catalog

KEPT = 100
"""How many calls of an account are remembered."""

_LONGEST = 16_000
_HISTORY = "console."
_OK = "ok"

Mask = Callable[[Any, Collection[str]], Any]
"""A copy of JSON-like data with secrets masked, those of these names too."""


class Parameter(Protocol):
    """What the console reads of one parameter of a row."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def minimum(self) -> float | None: ...
    @property
    def maximum(self) -> float | None: ...
    @property
    def besides(self) -> tuple[float, ...]: ...
    @property
    def min_length(self) -> int | None: ...
    @property
    def max_length(self) -> int | None: ...
    @property
    def pattern(self) -> str: ...
    @property
    def choices(self) -> tuple[Any, ...]: ...
    @property
    def default(self) -> Any: ...
    @property
    def secret(self) -> bool: ...
    @property
    def item(self) -> Parameter | None: ...
    @property
    def fields(self) -> tuple[Parameter, ...]: ...
    @property
    def doc(self) -> str: ...
    def check(self, value: Any, where: str = "") -> Any: ...


class Together(Protocol):
    """What parameters must keep to together."""

    def describe(self) -> str: ...


class Call(Protocol):
    """What the console reads of a row of a vendor's table; the rows themselves are meant."""

    @property
    def name(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def inputs(self) -> tuple[Parameter, ...]: ...
    @property
    def rules(self) -> tuple[Together, ...]: ...
    @property
    def idempotent(self) -> bool: ...
    @property
    def destructive(self) -> bool: ...
    @property
    def doc(self) -> str: ...
    @property
    def answer(self) -> str: ...
    def check(self, values: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A call that was made. `values` are the texts as typed, without those named in `left_out`.

    `outcome` is "ok" or the name of the error's class; `what` and `request_id` are the error's.
    """

    call: str
    values: Mapping[str, str]
    left_out: tuple[str, ...]
    at: datetime
    seconds: float
    outcome: str
    what: str = ""
    request_id: str = ""

    @property
    def well(self) -> bool:
        return self.outcome == _OK


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredFile:
    """A file that was answered."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The payload as JSON text with secrets masked, after `seconds`.

    `unkept` says why the call could not be written down, where it could not.
    """

    text: str
    seconds: float
    file: AnsweredFile | None = None
    unkept: StorageError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What a call that was sent came to instead of an answer, after `seconds`."""

    error: ConsoleError
    seconds: float
    unkept: StorageError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """A line for the shell; secrets are not in it, the names in `left_out` stand for them."""

    text: str
    left_out: tuple[str, ...] = ()


class Console:
    """Sends single calls and remembers them; calls block unless said otherwise. Thread-safe.

    `recorded` is told the account's id on the sending thread, also when the call was called off.
    """

    def __init__(
        self, accounts: Accounts, catalog: Catalog, mask: Mask, paths: Paths | None = None
    ) -> None:
        self._accounts = accounts
        self._catalog = catalog
        self._mask = mask
        self._profile = _profile_of(paths) if paths else None
        self.recorded: Listeners[[str]] = Listeners()
        self._unlisten = accounts.removed.connect(self.clear)

    def close(self) -> None:
        """Listens to the accounts no more."""
        self._unlisten()

    def accounts(self) -> list[Account]:
        """The accounts whose vendors have calls, in the user's order; does not block."""
        return [one for one in self._accounts.all() if registry.vendor(one.vendor).endpoints]

    def calls(self, account_id: str) -> tuple[Call, ...]:
        """Every documented call of the account's vendor, in the document's order; NotFound."""
        return registry.endpoints(self._accounts.get(account_id).vendor)

    def problems(self, call: Call, values: Mapping[str, str]) -> list[InvalidInput]:
        """Everything that is wrong with `values`, each with its field; reads files."""
        found: list[InvalidInput] = []
        for param in call.inputs:
            if param.name in values:
                try:
                    param.check(values[param.name])
                except InvalidInput as error:
                    found.append(error)
            elif param.required:
                what = _("{name} is needed.").format(name=param.name)
                found.append(InvalidInput(what, field=param.name))
        if not found:
            try:
                call.check(values)
            except InvalidInput as error:
                found.append(error)
        return found

    def send(self, account_id: str, call: Call, values: Mapping[str, str]) -> Answered | Failed:
        """Makes one signed call and writes it down; raises only what kept it from being made.

        InvalidInput for wrong values. Cancelled is raised too, after it was written down: the call
        may have happened.
        """
        call.check(values)
        adapter = raw_calls_of(self._accounts.adapter(account_id))
        at, begin = now(), monotonic()
        try:
            payload = adapter.call(call.name, values)
        except ConsoleError as error:
            seconds = monotonic() - begin
            unkept = self._write_down(account_id, call, values, at, seconds, error)
            if isinstance(error, Cancelled):
                raise
            return Failed(error=error, seconds=seconds, unkept=unkept)
        except Exception as error:
            self._write_down(account_id, call, values, at, monotonic() - begin, error)
            raise
        seconds = monotonic() - begin
        unkept = self._write_down(account_id, call, values, at, seconds, None)
        text, file = _shown(call, payload)
        return Answered(text=text, seconds=seconds, file=file, unkept=unkept)

    def save(self, path: Path, content: bytes) -> None:
        """Writes an answer to a file; StorageError."""
        write_whole(path, content)

    # What was called

    def history(self, account_id: str) -> list[Entry]:
        """The remembered calls of an account, newest first."""
        names = self._catalog.state_names(_place_of(account_id))
        found = (_entry(self._catalog.state(name)) for name in reversed(names))
        return [entry for entry in found if entry is not None]

    def clear(self, account_id: str) -> None:
        """Forgets the calls of an account; the audit log stays."""
        names = self._catalog.state_names(_place_of(account_id))
        self._catalog.set_states(dict.fromkeys(names))

    def tidy(self) -> None:
        """Forgets the calls of accounts that were removed while nothing here listened."""
        names = self._catalog.state_names(_HISTORY)
        gone = [name for name in names if not self._accounts.exists(name.split(".")[1])]
        self._catalog.set_states(dict.fromkeys(gone))

    def _write_down(
        self,
        account_id: str,
        call: Call,
        values: Mapping[str, str],
        at: datetime,
        seconds: float,
        error: Exception | None,
    ) -> StorageError | None:
        outcome = _OK if error is None else type(error).__name__
        try:
            # As the command line does it: what only reads is asked for with GET.
            if call.destructive or call.method != "GET":
                masked = self._mask(_read(call, values), _secret_names(call.inputs))
                self._catalog.audit(account_id, call.name, masked, outcome)
            self._remember(account_id, call, values, at, seconds, outcome, error)
        except StorageError as trouble:
            # What happened at the vendor is told all the same.
            return trouble
        self.recorded.emit(account_id)
        return None

    def _remember(
        self,
        account_id: str,
        call: Call,
        values: Mapping[str, str],
        at: datetime,
        seconds: float,
        outcome: str,
        error: Exception | None,
    ) -> None:
        hidden = self.secrets(call, values)
        kept: dict[str, str] = {}
        room = _LONGEST
        for name, text in values.items():
            if name not in hidden and len(text) <= room:
                kept[name] = text
                room -= len(text)
        entry = {
            "call": call.name,
            "values": kept,
            "left_out": [name for name in values if name not in kept],
            "at": at.isoformat(),
            "seconds": round(seconds, 3),
            "outcome": outcome,
        }
        if isinstance(error, ConsoleError):
            entry |= {"what": error.what, "request_id": error.request_id}
        place = _place_of(account_id)
        # A name of its own for each, in the order of time: nothing is read to add one.
        changed: dict[str, Any] = {f"{place}{to_ms(at):015d}.{uuid4().hex[:8]}": entry}
        old = self._catalog.state_names(place)
        changed |= dict.fromkeys(old[: max(0, len(old) + 1 - KEPT)])
        self._catalog.set_states(changed)

    def secrets(self, call: Call, values: Mapping[str, str]) -> list[str]:
        """The names of `values` that hold, or may hold, a secret; does not block."""
        declared = _secret_names(call.inputs)
        # Numbers and switches are no secrets, whatever their name reminds of.
        plain = {one.name for one in call.inputs if one.type in ("int", "float", "bool")}
        plain -= declared
        read = _read(call, values)
        return [
            name
            for name, value in read.items()
            if name not in plain and self._mask({name: value}, declared) != {name: value}
        ]

    # The command line

    def command(
        self, account: Account, call: Call, values: Mapping[str, str], *, posix: bool | None = None
    ) -> CommandLine:
        """The call as `vsconsole call` takes it, quoted for this system's shell; does not block.

        Secrets would stay in the shell's history: a POSIX shell is told to take them from variables
        of their names and to stop where there is none; elsewhere they are left out. `--yes` is left
        to whoever runs the line.
        """
        posix = os.name == "posix" if posix is None else posix
        hidden = self.secrets(call, values)
        # A name that begins like an option would be taken for one.
        who = account.id if account.name.startswith("-") else account.name
        words = [_quoted(word, posix) for word in ("vsconsole", "call", who, call.name)]
        files = {param.name for param in call.inputs if param.type == "file"}
        for name, text in _compact(call, values).items():
            at = "@" if name in files else ""
            if name not in hidden:
                words.append(_quoted(f"{name}={at}{text}", posix))
            elif posix:
                words.append(f'"{name}={at}${{{name}:?}}"')
        if self._profile is not None:
            words += ["--profile", _quoted(str(self._profile), posix)]
        return CommandLine(text=" ".join(words), left_out=tuple(hidden))


def _place_of(account_id: str) -> str:
    return f"{_HISTORY}{account_id}."


def _profile_of(paths: Paths) -> Path | None:
    """The folder given with --profile; None where the folders are the system's."""
    root = paths.data.parent
    return root if paths == Paths.for_profile(root) else None


def _quoted(word: str, posix: bool) -> str:
    return shlex.quote(word) if posix else subprocess.list2cmdline([word])


def _secret_names(params: Sequence[Parameter]) -> frozenset[str]:
    """The names of secret parameters at any depth."""
    found: set[str] = set()
    for param in params:
        inner = param.fields if param.item is None else (param.item,)
        found |= {param.name} if param.secret else _secret_names(inner)
    return frozenset(found)


def _read(call: Call, values: Mapping[str, str]) -> dict[str, Any]:
    """The values with lists and objects read, so that what is inside can be looked at."""
    nested = {param.name for param in call.inputs if param.type in ("list", "object")}
    return {name: _json(text) if name in nested else text for name, text in values.items()}


def _compact(call: Call, values: Mapping[str, str]) -> dict[str, str]:
    """The values as texts of one line where they are JSON; what is none stays as typed."""
    return {
        name: value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for name, value in _read(call, values).items()
    }


def _json(text: str) -> Any:
    # As the rows read it: a text without brackets stands for itself.
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(call: Call, payload: Any) -> tuple[str, AnsweredFile | None]:
    """The payload as text for people; a file's bytes apart from it."""
    file: AnsweredFile | None = None
    if call.answer == "file" and isinstance(payload, Mapping) and "Base64" in payload:
        content = base64.b64decode(payload["Base64"])
        file = AnsweredFile(name=Path(str(payload.get("FileName", ""))).name, content=content)
        payload = {name: value for name, value in payload.items() if name != "Base64"}
    return json.dumps(payload, ensure_ascii=False, indent=2, default=str), file


def _entry(kept: Any) -> Entry | None:
    """A remembered call; None for one that another version wrote in another form."""
    try:
        return Entry(
            call=str(kept["call"]),
            values={str(name): str(text) for name, text in kept["values"].items()},
            left_out=tuple(str(name) for name in kept["left_out"]),
            at=datetime.fromisoformat(kept["at"]),
            seconds=float(kept["seconds"]),
            outcome=str(kept["outcome"]),
            what=str(kept.get("what", "")),
            request_id=str(kept.get("request_id", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
