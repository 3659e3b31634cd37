"""Sessions of the account: made from an authCode, renewed, ended; and where its region is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import (
    FORBIDDEN,
    IDENTITY,
    REFRESH,
    REQUEST,
    TOKEN,
    Refused,
)
from vsconsole.sandbox.faces.linkvisual_desk import REGION, Call, Desk
from vsconsole.sandbox.faces.linkvisual_rules import Args, Rule
from vsconsole.sandbox.world import World

TOKEN_SECONDS = 20 * 3600
REFRESH_SECONDS = 30 * 86_400
"""Assumed: only the life of the iotToken is known, some 20 hours."""

CODE_SECONDS = 300
"""Assumed: an authCode is for use at once."""


@dataclass(kw_only=True, slots=True)
class Session:
    """One login: its two tokens, and when they were given out."""

    token: str
    refresh: str
    identity: str
    since: float


class Logins:
    """The sessions of one account; used under the world's lock."""

    def __init__(self, world: World, token_seconds: float) -> None:
        """One user and no session yet; an iotToken is good for so long."""
        self.token_seconds = token_seconds
        self.refresh_seconds: float = REFRESH_SECONDS
        self.identity = _mark(world, "identity")
        self._world = world
        self._sessions: list[Session] = []
        self._codes: dict[str, float] = {}

    def open(self) -> Session:
        """A new session beside the others."""
        session = Session(
            token=self._secret("token"),
            refresh=self._secret("refresh"),
            identity=self.identity,
            since=self._world.now(),
        )
        self._sessions.append(session)
        return session

    def auth_code(self) -> str:
        """A code that makes one session, once."""
        code = self._secret("code")
        self._codes[code] = self._world.now() + CODE_SECONDS
        return code

    def enter(self, code: str) -> Session:
        """The session of a code; Refused 2401 when it was used, is old or was never given."""
        if self._codes.pop(code, 0.0) <= self._world.now():
            raise Refused(REFRESH, "authCode")
        return self.open()

    def check(self, token: str) -> None:
        """Refused 29003 without a token, 460 for one that does not count any more."""
        if not token:
            raise Refused(IDENTITY)
        session = next((one for one in self._sessions if one.token == token), None)
        if session is None or self._left(session) <= 0:
            raise Refused(TOKEN)

    def renew(self, refresh: str, identity: str) -> Session:
        """The session with both tokens new; the old ones end. Refused 29003 or 2401."""
        if identity != self.identity:
            raise Refused(IDENTITY)
        session = next((one for one in self._sessions if one.refresh == refresh), None)
        if session is None or self._world.now() >= session.since + self.refresh_seconds:
            raise Refused(REFRESH)
        session.token = self._secret("token")
        session.refresh = self._secret("refresh")
        session.since = self._world.now()
        return session

    def leave(self, token: str) -> None:
        """End the session of a token."""
        self._sessions = [one for one in self._sessions if one.token != token]

    def _left(self, session: Session) -> float:
        return session.since + self.token_seconds - self._world.now()

    def _secret(self, kind: str) -> str:
        return self._world.fresh_id(f"linkvisual-{kind}").replace("-", "")


def _mark(world: World, kind: str) -> str:
    return world.make_id(f"linkvisual-{kind}", 1).replace("-", "")


def create_session(desk: Desk, args: Args) -> Any:
    """A session for an authCode."""
    asked = args["request"]
    if asked["appKey"] is not None and asked["appKey"] != desk.app_key:
        raise Refused(FORBIDDEN, "appKey")
    return _tokens(desk, desk.logins.enter(asked["authCode"]))


def refresh_session(desk: Desk, args: Args) -> Any:
    """New tokens for a refreshToken."""
    asked = args["request"]
    if not asked["identityId"]:
        raise Refused(IDENTITY)
    return _tokens(desk, desk.logins.renew(asked["refreshToken"], asked["identityId"]))


def end_session(desk: Desk, args: Args) -> Any:
    """Sign out: the session of the iotToken in the parameters or in the envelope."""
    asked = args["request"] or {}
    token = asked.get("iotToken") or desk.token
    if not token:
        raise Refused(REQUEST, "iotToken is missing")
    desk.logins.leave(token)


def region(desk: Desk, _args: Args) -> Any:
    """Where the account's gateway is: here."""
    return {
        "regionId": REGION,
        "shortRegionId": 0,
        "regionEnglishName": "China (Shanghai)",
        "apiGatewayEndpoint": desk.request.host,
        "oaApiGatewayEndpoint": desk.request.host,
        "mqttEndpoint": f"public.itls.{REGION}.aliyuncs.com:1883",
        "pushChannelEndpoint": desk.request.host,
    }


def _tokens(desk: Desk, session: Session) -> dict[str, Any]:
    return {
        "iotToken": session.token,
        "iotTokenExpire": int(desk.logins.token_seconds),
        "refreshToken": session.refresh,
        "refreshTokenExpire": int(desk.logins.refresh_seconds),
        "identityId": session.identity,
    }


CALLS = (
    Call(
        path="/account/createSessionByAuthCode",
        versions=("1.0.4",),
        handler=create_session,
        user=False,
        rules=(
            Rule(
                "request",
                "object",
                fields=(
                    Rule("authCode"),
                    Rule("accountType", choices=("OA_SESSION",)),
                    Rule("appKey", required=False),
                ),
            ),
        ),
    ),
    Call(
        path="/account/checkOrRefreshSession",
        versions=("1.0.4",),
        handler=refresh_session,
        user=False,
        rules=(
            Rule(
                "request",
                "object",
                fields=(Rule("refreshToken"), Rule("identityId", required=False)),
            ),
        ),
    ),
    Call(
        path="/iotx/account/invalidSession",
        versions=("1.0.4",),
        handler=end_session,
        user=False,
        rules=(Rule("request", "object", required=False),),
    ),
    Call(
        path="/living/account/region/get",
        versions=("1.0.2",),
        handler=region,
        user=False,
        rules=(
            Rule("type", required=False),
            Rule("authCode", required=False),
            Rule("phone", required=False),
            Rule("phoneLocationCode", required=False),
            Rule("email", required=False),
            Rule("countryCode", required=False),
        ),
    ),
)
