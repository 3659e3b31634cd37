"""Faults: which requests they strike, and how they change an answer."""

import json
from random import Random
from typing import Any

import pytest

from vsconsole.sandbox import bend
from vsconsole.sandbox.faults import NAMES, Faults, parse
from vsconsole.sandbox.wire import Reply


def struck(
    faults: Faults, path: str = "/ivc/x", kind: str = "api", face: str = "tencent"
) -> set[str]:
    return set(faults.draw(face, "media" if kind == "media" else "api", path).names)


def test_no_fault_at_first() -> None:
    assert struck(Faults()) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_can_be_set_and_cleared(name: str) -> None:
    faults = Faults()
    faults.set("tencent", name)
    kind = "media" if name == "expired-url" else "api"
    other = "api" if kind == "media" else "media"
    assert struck(faults, kind=kind) == {name}
    assert struck(faults, kind=other) == set()
    assert struck(faults, kind=kind, face="imou") == set()
    faults.clear()
    assert struck(faults, kind=kind) == set()


def test_star_is_every_face() -> None:
    faults = Faults()
    faults.set("*", "slow", seconds=0.5)
    assert faults.draw("imou", "api", "/").get("slow", 0.0) == 0.5


def test_count_is_used_up() -> None:
    faults = Faults()
    faults.set("tencent", "reset", count=2)
    assert [bool(struck(faults)) for _ in range(4)] == [True, True, False, False]


def test_some_requests_pass_before_it_strikes() -> None:
    faults = Faults()
    faults.set("tencent", "reset", count=1, after=2, path="device")
    assert struck(faults, "/ivc/cms/domain/add") == set()
    paths = ["/ivc/cms/device/add"] * 4
    assert [bool(struck(faults, path)) for path in paths] == [False, False, True, False]


def test_only_addresses_of_media_expire() -> None:
    faults = Faults()
    faults.set("tencent", "expired-url", path="/record/")
    assert struck(faults, "/ivc/record/filelist/query") == set()
    assert struck(faults, "/record/1/hls.m3u8", kind="media") == {"expired-url"}


def test_path_limits_and_reaches_media() -> None:
    faults = Faults()
    faults.set("tencent", "cut-body", path="/record/*.ts")
    faults.set("tencent", "slow", path="device")
    assert struck(faults, "/record/a/s/1.ts", "media") == {"cut-body"}
    assert struck(faults, "/record/a/hls.m3u8", "media") == set()
    assert struck(faults, "/ivc/cms/device/add") == {"slow"}
    assert struck(faults, "/ivc/cms/domain/add") == set()


def test_rate_is_a_share_and_repeats_for_a_seed() -> None:
    def draws(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.set("tencent", "html", 0.3)
        return [bool(struck(faults)) for _ in range(400)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)
    assert 70 < sum(draws(1)) < 170


def test_a_fault_set_again_is_replaced_and_rate_zero_removes() -> None:
    faults = Faults()
    faults.set("tencent", "slow", seconds=1)
    faults.set("tencent", "slow", seconds=2)
    assert faults.draw("tencent", "api", "/").get("slow", 0.0) == 2
    faults.set("tencent", "slow", 0)
    assert struck(faults) == set()


def test_clear_by_face_and_by_name() -> None:
    faults = Faults()
    for face in ("tencent", "imou"):
        faults.set(face, "slow")
        faults.set(face, "html")
    faults.clear("tencent", "slow")
    assert struck(faults) == {"html"}
    faults.clear(name="html")
    assert struck(faults) == set()
    assert struck(faults, face="imou") == {"slow"}
    faults.clear("imou")
    assert struck(faults, face="imou") == set()


@pytest.mark.parametrize(
    ("name", "rate", "seconds"), [("sleepy", 1, None), ("slow", 1.5, None), ("slow", 1, -1)]
)
def test_nonsense_is_refused(name: str, rate: float, seconds: float | None) -> None:
    with pytest.raises(ValueError, match=r"fault|rate|seconds"):
        Faults().set("tencent", name, rate, seconds=seconds)


def test_parse_the_command_line() -> None:
    assert parse(["slow=0.5", "reset"]) == {"slow": 0.5, "reset": 1.0}
    for bad in ("sleepy=1", "slow=often", "slow=2"):
        with pytest.raises(ValueError, match=r"fault|rate"):
            parse([bad])


ROWS = [{"Id": number} for number in range(4)]
PAYLOAD: dict[str, Any] = {"Code": 0, "Data": {"Total": 4, "List": ROWS}}


def bent(*faults: str) -> Reply:
    return bend.bent(Reply(payload=PAYLOAD), ROWS, faults, Random(1))


def test_an_empty_page_still_says_how_much_there_is() -> None:
    assert bent("empty-page").payload == {"Code": 0, "Data": {"Total": 4, "List": []}}
    assert len(ROWS) == 4


def test_malformed_json_is_all_there_and_cannot_be_read() -> None:
    reply = bent("malformed-json")
    assert reply.payload is None
    assert isinstance(reply.body, bytes)
    with pytest.raises(ValueError, match="delimiter"):
        json.loads(reply.body)
    assert json.loads(reply.body.replace(b'"Code" ', b'"Code": ', 1)) == PAYLOAD


def test_pages_are_doubled_and_shuffled_without_a_loss() -> None:
    doubled = bent("duplicate-page").payload
    assert doubled is not None
    assert doubled["Data"]["List"] == [*ROWS, *ROWS[:2]]
    shuffled = bent("unordered-page").payload
    assert shuffled is not None
    assert shuffled["Data"]["List"] != ROWS
    assert sorted(shuffled["Data"]["List"], key=lambda row: row["Id"]) == ROWS


def test_a_code_that_nobody_knows_keeps_the_vendors_envelope() -> None:
    known = Reply(payload={"id": "1", "result": {"code": "OP1", "msg": "no"}}, code=1)
    reply = bend.strange(known, 9, {"result.code": "ZZ9", "result.msg": bend.STRANGE})
    assert reply.payload == {"id": "1", "result": {"code": "ZZ9", "msg": bend.STRANGE}}
    assert reply.code == 9
    assert known.payload == {"id": "1", "result": {"code": "OP1", "msg": "no"}}
    with pytest.raises(KeyError):
        bend.strange(known, 9, {"result.words": "x"})
