"""Every vendor as one row; adapters are imported when first made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from vsconsole.domain.capabilities import Adapter
from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import Account
from vsconsole.i18n import N_, _
from vsconsole.net.address import server_address

if TYPE_CHECKING:
    from vsconsole.net.endpoint import Endpoint
    from vsconsole.net.meter import Meter
    from vsconsole.net.transport import Transport

FieldKind = Literal["text", "server", "folder", "number", "zone", "choice"]
Counted = Literal["calls", "media"]
Period = Literal["second", "day", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line of the account form. `label` and `help` are marked text, translated when shown."""

    name: str
    label: str
    kind: FieldKind = "text"
    secret: bool = False
    required: bool = True
    pattern: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""

    def check(self, text: str) -> str:
        """`text` in its plain form, empty where it may be; InvalidInput(field=name) otherwise."""
        text = text.strip()
        if not text:
            if self.required:
                raise InvalidInput(
                    _("{label} is needed.").format(label=_(self.label)), field=self.name
                )
            return ""
        if self.kind == "server":
            return server_address(text, field=self.name)
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise InvalidInput(
                _("{label} is not in the expected form.").format(label=_(self.label)),
                field=self.name,
                remedy=_(self.help),
            )
        if self.choices and text not in self.choices:
            raise InvalidInput(
                _("{label} must be one of {choices}.").format(
                    label=_(self.label), choices=", ".join(self.choices)
                ),
                field=self.name,
            )
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A limit that a vendor's account has: so many calls, or bytes of media, in each period.

    `call` names the one call it is about, empty for all together. Where plans differ, `field` is
    the account's field that says how many times `unit` another plan has; 0 there is no limit.
    `source` is where the number was found.
    """

    counted: Counted
    most: int
    period: Period
    source: str
    call: str = ""
    field: str = ""
    unit: int = 1

    def most_of(self, options: Mapping[str, str]) -> int | None:
        """How many an account with these options has; None where it has no limit."""
        given = options.get(self.field, "") if self.field else ""
        if not given.isdecimal():
            return self.most
        return int(given) * self.unit or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One vendor. `adapter` and `endpoints` name a class and a table as "module:name".

    `quotas` are the limits that were found; none means that none was, not that there is none.
    `lacks` says for each Capability that its documents do not describe why it is not there, and
    what comes nearest, as marked text.
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    adapter: str
    endpoints: str = ""
    zone: str = ""
    note: str = ""
    quotas: tuple[Quota, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)

    def check(self, values: Mapping[str, str]) -> dict[str, str]:
        """The account form's values, checked and without empty ones; unknown names are refused."""
        names = {one.name for one in self.fields}
        for name in values:
            if name not in names:
                raise InvalidInput(
                    _("{vendor} accounts have no field {name}.").format(
                        vendor=_(self.title), name=name
                    ),
                    field=name,
                    remedy=_("The fields are: {names}.").format(
                        names=", ".join(one.name for one in self.fields)
                    ),
                )
        checked = {one.name: one.check(values.get(one.name, "")) for one in self.fields}
        return {name: text for name, text in checked.items() if text}

    @property
    def secret_fields(self) -> frozenset[str]:
        """Names of the fields that go to the secret store, never into options."""
        return frozenset(one.name for one in self.fields if one.secret)

    def divide(self, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Checked `values` as (options, secrets)."""
        options = {name: v for name, v in values.items() if name not in self.secret_fields}
        secrets = {name: v for name, v in values.items() if name in self.secret_fields}
        return options, secrets


def _forget(_account: str, _secrets: Mapping[str, str]) -> None:
    """For accounts that are not saved: new secrets live as long as the adapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What adapters share: the way to the network, and a folder for what can be rebuilt.

    `calls_per_second` and `concurrent` bound the API calls of one account. `renewed` is told the
    account's id and the secrets that a vendor gave in place of those it was logged in with.
    `meters` gives what counts the traffic of an account; None counts nothing.
    """

    transport: Transport
    cache_dir: Path
    calls_per_second: float = 20.0
    concurrent: int = 8
    renewed: Callable[[str, Mapping[str, str]], None] = _forget
    meters: Callable[[str], Meter] | None = None


VENDORS: tuple[Vendor, ...] = (
    Vendor(
        id="tencent",
        title=N_("Tencent Cloud ISS"),
        adapter="vsconsole.vendors.tencent.adapter:TencentAdapter",
        endpoints="vsconsole.vendors.tencent.endpoints:ENDPOINTS",
        zone="Asia/Shanghai",
        note=N_("API keys are made in the Tencent Cloud console under Access Management."),
        quotas=(
            Quota(
                counted="calls",
                most=20,
                period="second",
                # Of each call; the documents of this API name none.
                source="cloud.tencent.com/document/api/1344/95943, the API that follows this one",
            ),
        ),
        fields=(
            Field(
                name="server",
                label=N_("Server"),
                kind="server",
                required=False,
                default="https://ivc.myqcloud.com",
                help=N_("Leave empty for the public service; https, or http on this computer."),
            ),
            Field(
                name="secret_id",
                label=N_("SecretId"),
                pattern=r"[A-Za-z0-9_\-]{8,128}",
                help=N_("Letters and digits, as the console shows it."),
            ),
            Field(
                name="secret_key",
                label=N_("SecretKey"),
                secret=True,
                pattern=r"[!-~]{8,256}",
                help=N_("Letters, digits and signs without blanks, as the console shows it."),
            ),
            Field(
                name="token",
                label=N_("Security token"),
                secret=True,
                required=False,
                pattern=r"[!-~]{1,8192}",
                help=N_("Only for temporary keys; it ends together with them."),
            ),
        ),
    ),
    Vendor(
        id="linkvisual",
        title=N_("Alibaba Link Visual"),
        adapter="vsconsole.vendors.linkvisual.adapter:LinkVisualAdapter",
        endpoints="vsconsole.vendors.linkvisual.endpoints:ENDPOINTS",
        zone="Asia/Shanghai",
        note=N_(
            "The app key is made in the Living Link console; the token comes from the app that the"
            " operator signs in to. Give an iotToken with its refresh token, or an authorization"
            " code."
        ),
        fields=(
            Field(
                name="server",
                label=N_("Server"),
                kind="server",
                required=False,
                default="https://api.link.aliyun.com",
                help=N_("Leave empty for Shanghai; other regions have addresses of their own."),
            ),
            Field(
                name="app_key",
                label=N_("AppKey"),
                pattern=r"[A-Za-z0-9_\-]{4,64}",
                help=N_("Letters and digits, as the console shows it."),
            ),
            Field(
                name="app_secret",
                label=N_("AppSecret"),
                secret=True,
                pattern=r"[!-~]{8,256}",
                help=N_("Letters, digits and signs without blanks, as the console shows it."),
            ),
            Field(
                name="auth_code",
                label=N_("Authorization code"),
                secret=True,
                required=False,
                pattern=r"[!-~]{1,1024}",
                help=N_("Works once, to get the first token; not needed with a token."),
            ),
            Field(
                name="iot_token",
                label=N_("iotToken"),
                secret=True,
                required=False,
                pattern=r"[!-~]{1,1024}",
                help=N_("The operator's token; it is renewed by itself."),
            ),
            Field(
                name="refresh_token",
                label=N_("Refresh token"),
                secret=True,
                required=False,
                pattern=r"[!-~]{1,1024}",
                help=N_("Renews the token; without it the account ends when the token does."),
            ),
            Field(
                name="identity_id",
                label=N_("Identity ID"),
                required=False,
                pattern=r"[!-~]{1,256}",
                help=N_("Belongs to the refresh token."),
            ),
        ),
    ),
    Vendor(
        id="ctyun",
        title=N_("Ctyun VSS"),
        adapter="vsconsole.vendors.ctyun.adapter:CtyunAdapter",
        endpoints="vsconsole.vendors.ctyun.endpoints:ENDPOINTS",
        zone="Asia/Shanghai",
        note=N_("Access keys are made in the Ctyun console under personal centre."),
        lacks={
            "live": N_(
                "Ctyun has published no call for live pictures. The nearest is the newest recording"
                " in the cloud, or on the device."
            ),
            "ptz": N_("Ctyun has published no call to move cameras. Use the Ctyun console."),
            "presets": N_("Ctyun has published no call for camera presets. Use the Ctyun console."),
            "downloads": N_(
                "Ctyun has published no download. Recordings in the cloud can be played here, and"
                " fetched in the Ctyun console."
            ),
            "record-days": N_(
                "Ctyun has no question for a month; the calendar is filled from the list of"
                " recordings."
            ),
        },
        fields=(
            Field(
                name="server",
                label=N_("Server"),
                kind="server",
                required=False,
                default="https://vssapi.ctyun.cn",
                help=N_("Leave empty for the public service; https, or http on this computer."),
            ),
            Field(
                name="access_key",
                label=N_("Access key"),
                pattern=r"[A-Za-z0-9_\-]{8,128}",
                help=N_("Letters and digits, as the console shows it."),
            ),
            Field(
                name="secret_key",
                label=N_("Secret key"),
                secret=True,
                pattern=r"[!-~]{8,256}",
                help=N_("Letters, digits and signs without blanks, as the console shows it."),
            ),
        ),
    ),
    Vendor(
        id="volcengine",
        title=N_("Volcengine AIoT video"),
        adapter="vsconsole.vendors.volcengine.adapter:VolcengineAdapter",
        endpoints="vsconsole.vendors.volcengine.endpoints:ENDPOINTS",
        zone="Asia/Shanghai",
        note=N_("Access keys are made in the Volcengine console under access control."),
        quotas=(
            Quota(
                counted="calls",
                most=10,
                period="second",
                call="ListStreamRecords",
                source="Volcengine's page 1220475",
            ),
        ),
        lacks={
            "record-days": N_(
                "The service has no question for the days of a month; the calendar is filled from"
                " the list of recordings."
            )
        },
        fields=(
            Field(
                name="server",
                label=N_("Server"),
                kind="server",
                required=False,
                default="https://open.volcengineapi.com",
                help=N_("Leave empty for the public service; https, or http on this computer."),
            ),
            Field(
                name="access_key",
                label=N_("Access key"),
                pattern=r"[A-Za-z0-9_\-+/=]{8,128}",
                help=N_("Letters and digits, as the console shows it."),
            ),
            Field(
                name="secret_key",
                label=N_("Secret key"),
                secret=True,
                pattern=r"[!-~]{8,256}",
                help=N_("Letters, digits and signs without blanks, as the console shows it."),
            ),
            Field(
                name="session_token",
                label=N_("Security token"),
                secret=True,
                required=False,
                pattern=r"[!-~]{1,8192}",
                help=N_("Only for temporary keys; it ends together with them."),
            ),
            Field(
                name="region",
                label=N_("Region"),
                required=False,
                default="cn-north-1",
                pattern=r"[a-z0-9\-]{2,32}",
                help=N_("As in cn-north-1."),
            ),
        ),
    ),
    Vendor(
        id="imou",
        title=N_("Imou"),
        adapter="vsconsole.vendors.imou.adapter:ImouAdapter",
        endpoints="vsconsole.vendors.imou.endpoints:ENDPOINTS",
        zone="Asia/Shanghai",
        note=N_("AppId and AppSecret are made in the Imou open platform's console."),
        # Those of the free plan abroad since March 2024; Imou publishes none for mainland China.
        quotas=(
            Quota(
                counted="calls",
                most=30_000,
                period="month",
                source="github.com/user2684/imou_life/wiki/Imou-API-usage-restrictions",
                field="calls_per_month",
            ),
            Quota(
                counted="media",
                most=2_000_000_000,
                period="month",
                source="github.com/user2684/imou_life/wiki/Imou-API-usage-restrictions",
                field="media_per_month",
                unit=1_000_000_000,
            ),
        ),
        lacks={
            "downloads": N_(
                "Imou's documents give no file of a recording outside the vendor's own player;"
                " play the recording instead."
            )
        },
        fields=(
            Field(
                name="server",
                label=N_("Server"),
                kind="server",
                required=False,
                default="https://openapi.lechange.cn",
                help=N_("Leave empty for mainland China; other data centres have their own."),
            ),
            Field(
                name="app_id",
                label=N_("AppId"),
                pattern=r"[A-Za-z0-9_\-]{4,64}",
                help=N_("Letters and digits, as the console shows it."),
            ),
            Field(
                name="app_secret",
                label=N_("AppSecret"),
                secret=True,
                pattern=r"[!-~]{8,256}",
                help=N_("Letters, digits and signs without blanks, as the console shows it."),
            ),
            Field(
                name="zone",
                label=N_("Time zone"),
                kind="zone",
                required=False,
                pattern=r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*",
                default="Asia/Shanghai",
                help=N_("The zone the cameras' clocks show, such as Asia/Shanghai."),
            ),
            Field(
                name="calls_per_month",
                label=N_("Calls per month"),
                kind="number",
                required=False,
                pattern=r"\d{1,12}",
                default="30000",
                help=N_(
                    "What the plan allows, 0 for no limit; near it, events are no longer asked for"
                    " by themselves."
                ),
            ),
            Field(
                name="media_per_month",
                label=N_("Media per month, in GB"),
                kind="number",
                required=False,
                pattern=r"\d{1,6}",
                default="2",
                help=N_(
                    "What the plan allows, 0 for no limit; near it, small pictures are no longer"
                    " loaded by themselves."
                ),
            ),
        ),
    ),
    Vendor(
        id="local",
        title=N_("Footage on disk"),
        adapter="vsconsole.vendors.local.adapter:LocalAdapter",
        fields=(
            Field(
                name="folder",
                label=N_("Folder"),
                kind="folder",
                help=N_("Video files are found in it and in all folders below."),
            ),
            Field(
                name="offset",
                label=N_("Clock correction"),
                kind="number",
                required=False,
                pattern=r"[+-]?\d{1,9}(\.\d{1,3})?",
                default="0",
                help=N_("Seconds added to every start time, where the recorder's clock was off."),
            ),
            Field(
                name="zone",
                label=N_("Time zone"),
                kind="zone",
                required=False,
                pattern=r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*",
                help=N_("The zone of the times in file names, such as Asia/Shanghai."),
            ),
        ),
    ),
)

_BY_ID = {one.id: one for one in VENDORS}


def vendor(vendor_id: str) -> Vendor:
    """The row of a vendor; InvalidInput for an unknown one."""
    try:
        return _BY_ID[vendor_id]
    except KeyError:
        raise InvalidInput(
            _("There is no vendor {name}.").format(name=vendor_id),
            field="vendor",
            remedy=_("The vendors are: {names}.").format(names=", ".join(_BY_ID)),
        ) from None


def make_adapter(account: Account, secrets: Mapping[str, str], context: Context) -> Adapter:
    """The adapter of a saved or still unsaved account; InvalidInput for wrong fields."""
    row = vendor(account.vendor)
    options, checked = row.divide(row.check({**account.options, **secrets}))
    account = Account(id=account.id, vendor=account.vendor, name=account.name, options=options)
    if context.meters is not None:
        meter = context.meters(account.id)
        context = replace(context, transport=context.transport.metered(meter))
    return cast(Adapter, _load(row.adapter)(account, checked, context))


def endpoints(vendor_id: str) -> tuple[Endpoint, ...]:
    """Every documented call of a vendor; empty for one without an API."""
    row = vendor(vendor_id)
    return cast("tuple[Endpoint, ...]", _load(row.endpoints)) if row.endpoints else ()


def _load(place: str) -> Any:
    module, _colon, name = place.partition(":")
    return getattr(import_module(module), name)
