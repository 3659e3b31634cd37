"""The face's signature check: the published vectors, temporary keys, and tampering."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.sandbox.volcengine_support import JSON, Client, query_text, sign, x_date
from vsconsole.sandbox.faces.volcengine_codes import Refused
from vsconsole.sandbox.faces.volcengine_sign import CLOCK_SECONDS, Credential, canonical, verify
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.wire import Request, parse_query

KEY = "VOLCTESTACCESSKEY01"
SECRET = "volc-test-secret-key-not-real"
HOST = "open.volcengineapi.com"
DATE = "20260330T071505Z"
NOW = 1774854905.0
CREDENTIALS = {KEY: Credential(access_key=KEY, secret_key=SECRET)}
QUERY = "Action=CloudRecordPlay&Version=2021-01-01"
BODY = (
    b'{"StreamID":"dbc2000c-56e0-4ccc-ba9e-df43f8000001","StartTs":"2023-07-03T21:10:10+08:00",'
    b'"EndTs":"2023-07-03T22:10:10+08:00","TokenValid":7200}'
)
BODY_HASH = "08d0d5757b8b8d14d4e40cbe768051874d8bc597d18767ea9b328fd2ae274f2d"
NAMES = "content-type;host;x-content-sha256;x-date"
SIGNATURES = {
    "cn-north-1": "2143cd75e0cadcffafcc4b4668732165d1c19f1921dfe8a87bbce30ad936bd4d",
    "cn-beijing": "12a9f52c9735011af77cf5bd5795cc6f44547edce2d69220f4423c2ad2674e9d",
}


def vector(region: str = "cn-north-1", **headers: str) -> Request:
    scope = f"20260330/{region}/aiotvideo/request"
    return Request(
        method="POST",
        path="/",
        raw_query=QUERY,
        query=parse_query(QUERY),
        headers={
            "host": HOST,
            "content-type": JSON,
            "x-date": DATE,
            "x-content-sha256": BODY_HASH,
            "authorization": f"HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={NAMES}, "
            f"Signature={SIGNATURES[region]}",
        }
        | headers,
        body=BODY,
        now=NOW,
        host=HOST,
        struck=Struck(seconds={}),
    )


V1 = vector()


def refused(one: Request) -> str:
    with pytest.raises(Refused) as caught:
        verify(one, CREDENTIALS)
    return caught.value.code


def with_header(name: str, value: str | None) -> Request:
    headers = {k: v for k, v in V1.headers.items() if k != name}
    return replace(V1, headers=headers if value is None else {**headers, name: value})


@pytest.mark.parametrize("region", SIGNATURES)
def test_the_published_vectors(region: str) -> None:
    signer = verify(vector(region), CREDENTIALS)
    assert (signer.credential.access_key, signer.region) == (KEY, region)


def test_the_published_canonical_request() -> None:
    text = canonical(V1, NAMES.split(";"))
    assert text.splitlines()[:3] == ["POST", "/", QUERY]
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "678523b1d7c47c39a17a7aa13e4991b94913b43cefdbd98a942d61f1f9ec8c32"
    )


def test_this_test_client_signs_as_published() -> None:
    headers = {"Content-Type": JSON, "Host": HOST, "X-Content-Sha256": BODY_HASH, "X-Date": DATE}
    for region in SIGNATURES:
        made = sign("POST", parse_query(QUERY), headers, BODY, KEY, SECRET, region)
        assert made == vector(region).headers["authorization"]


def test_any_changed_byte_of_the_authorization_is_refused() -> None:
    text = V1.headers["authorization"]
    for at, character in enumerate(text):
        for other in {"0" if character != "0" else "1", "x" if character != "x" else "y"}:
            changed = text[:at] + other + text[at + 1 :]
            assert refused(with_header("authorization", changed)), changed


def test_any_changed_byte_of_the_rest_is_refused() -> None:
    for at in range(len(BODY)):
        body = BODY[:at] + bytes([BODY[at] ^ 1]) + BODY[at + 1 :]
        assert refused(replace(V1, body=body)) == "SignatureDoesNotMatch"
        stated = {**V1.headers, "x-content-sha256": hashlib.sha256(body).hexdigest()}
        assert refused(replace(V1, body=body, headers=stated)) == "SignatureDoesNotMatch"
    for at in range(len(QUERY)):
        raw = f"{QUERY[:at]}~{QUERY[at + 1 :]}"
        one = replace(V1, raw_query=raw, query=parse_query(raw))
        assert refused(one) == "SignatureDoesNotMatch", raw
    for name in NAMES.split(";"):
        assert refused(with_header(name, V1.headers[name] + "0"))
        assert refused(with_header(name, None))
    assert refused(replace(V1, method="GET")) == "SignatureDoesNotMatch"
    assert refused(replace(V1, path="/x")) == "SignatureDoesNotMatch"
    assert refused(replace(V1, host="open.volcengineapi.org")) == "SignatureDoesNotMatch"


def test_what_is_missing_has_its_own_code() -> None:
    text = V1.headers["authorization"]
    assert refused(with_header("authorization", None)) == "MissingAuthenticationToken"
    assert refused(with_header("authorization", text.partition(", Sig")[0])) == "MissingSignature"
    assert refused(with_header("x-date", None)) == "MissingRequestInfo"
    other = text.replace(KEY, "VOLCTESTACCESSKEY02")
    assert refused(with_header("authorization", other)) == "InvalidAccessKey"
    other = text.replace("/aiotvideo/", "/vod/")
    assert refused(with_header("authorization", other)) == "ServiceNotFound"
    for changed in (text[:-1], text + "0", "AWS4-" + text, "Bearer Signature=x"):
        assert refused(with_header("authorization", changed)) == "SignatureDoesNotMatch", changed


def signed_by(headers: dict[str, str], **changes: str) -> Request:
    """V1 with other headers, signed rightly over all of them."""
    one = {"host": HOST, "x-date": DATE, **headers, **changes}
    made = sign("POST", V1.query, one, BODY, KEY, SECRET)
    return replace(V1, headers={**one, "authorization": made})


def test_which_headers_are_signed_is_free_but_for_the_sure_ones() -> None:
    verify(signed_by({}), CREDENTIALS)
    verify(signed_by({"x-content-sha256": BODY_HASH, "x-sdk-request": "attempt=1"}), CREDENTIALS)
    one = signed_by({})
    for extra in ({"x-content-sha256": BODY_HASH}, {"x-security-token": "t"}):
        assert refused(replace(one, headers={**one.headers, **extra})) == "SignatureDoesNotMatch"
    verify(replace(one, headers={**one.headers, "user-agent": "x"}), CREDENTIALS)
    assert refused(signed_by({"x-content-sha256": "0" * 64})) == "SignatureDoesNotMatch"
    text = one.headers["authorization"]
    for names in ("x-date;host", "Host;x-date", "host;host;x-date", "host", "x-date"):
        changed = text.replace("SignedHeaders=host;x-date", f"SignedHeaders={names}")
        one_more = replace(one, headers={**one.headers, "authorization": changed})
        assert refused(one_more) == "SignatureDoesNotMatch", names


def test_the_clock_may_be_off_a_little() -> None:
    for off in (-CLOCK_SECONDS, 0.0, CLOCK_SECONDS):
        verify(replace(V1, now=NOW + off), CREDENTIALS)
    for off in (-CLOCK_SECONDS - 1, CLOCK_SECONDS + 1):
        assert refused(replace(V1, now=NOW + off)) == "InvalidTimestamp"
    assert refused(with_header("x-date", "20261330T071505Z")) == "InvalidTimestamp"
    assert refused(with_header("x-date", "yesterday")) == "InvalidTimestamp"
    with pytest.raises(Refused) as caught:
        verify(with_header("x-date", "yesterday"), CREDENTIALS)
    assert caught.value.status == 400
    assert refused(with_header("x-date", "20260331T071505Z")) == "SignatureDoesNotMatch"


def test_a_wrong_secret() -> None:
    other = {KEY: Credential(access_key=KEY, secret_key=SECRET + "x")}
    with pytest.raises(Refused, match="SignatureDoesNotMatch"):
        verify(V1, other)


def test_no_secret_is_in_a_text() -> None:
    credential = Credential(access_key=KEY, secret_key=SECRET, session_token="token-x")
    assert SECRET not in repr(credential)
    assert "token-x" not in repr(credential)


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.text(
    "+ *~%&=/?#;:'\"é文", max_size=12
)


@settings(max_examples=80, deadline=None)
@given(
    pairs=st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=5),
    body=st.binary(max_size=40),
    at=st.integers(0, 10_000),
)
def test_what_is_signed_verifies_and_nothing_else_does(
    pairs: list[tuple[str, str]], body: bytes, at: int
) -> None:
    headers = {"host": HOST, "x-date": DATE}
    made = sign("POST", pairs, headers, body, KEY, SECRET)
    raw = query_text(pairs)
    one = replace(
        V1,
        raw_query=raw,
        query=parse_query(raw),
        body=body,
        headers={**headers, "authorization": made},
    )
    verify(one, CREDENTIALS)
    whole = raw.encode() + b"\n" + body
    at %= len(whole)
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    head, _, tail = changed.partition(b"\n")
    new_raw = head.decode("latin-1")
    query = parse_query(new_raw)
    assume((query, tail) != (one.query, body))
    # Items whose keys alone were put in another order are the same request.
    assume((sorted(query), tail) != (sorted(one.query), body))
    assert refused(replace(one, raw_query=new_raw, query=query, body=tail))


# Over the wire


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


def test_a_signed_call_is_answered_in_the_documents_envelope(client: Client) -> None:
    answer = client.get("ListSpaces")
    meta = answer.json["ResponseMetadata"]
    assert {k: meta[k] for k in ("Action", "Version", "Service", "Region")} == {
        "Action": "ListSpaces",
        "Version": "2021-01-01",
        "Service": "aiotvideo",
        "Region": "cn-north-1",
    }
    assert len(meta["RequestId"]) == 34
    assert meta["RequestId"][:8].isdigit()
    assert set(answer.json) == {"ResponseMetadata", "Result"}
    client.region = "cn-beijing"
    assert client.get("ListSpaces").json["ResponseMetadata"]["Region"] == "cn-beijing"


def test_unsigned_calls_are_refused_in_the_envelope(client: Client) -> None:
    answer = client.send("GET", "/?Action=ListSpaces&Version=2021-01-01", {})
    assert answer.error == (401, "MissingAuthenticationToken")
    error = answer.json["ResponseMetadata"]["Error"]
    assert error["CodeN"] == 100003
    assert error["Message"]
    client.secret_key += "x"
    assert client.get("ListSpaces").error == (401, "SignatureDoesNotMatch")
    assert client.last.code == 100010
    client.access_key += "x"
    assert client.get("ListSpaces").error == (401, "InvalidAccessKey")


def test_the_wrong_clock(client: Client) -> None:
    client.clock = lambda: time.time() - 3600
    assert client.get("ListSpaces").error == (403, "InvalidTimestamp")
    assert x_date(0) == "19700101T000000Z"


def test_temporary_keys_carry_their_token_and_end(client: Client) -> None:
    temporary = client.face.add_temporary(60)
    client.access_key, client.secret_key = temporary.access_key, temporary.secret_key
    assert client.get("ListSpaces").error == (401, "InvalidSecretToken")
    client.token = temporary.session_token
    assert client.get("ListSpaces").result["TotalCount"] == 2
    client.token += "x"
    assert client.get("ListSpaces").error == (401, "InvalidSecretToken")
    client.token = temporary.session_token
    client.world.ahead = 61
    client.clock = client.world.now
    assert client.get("ListSpaces").error == (401, "InvalidSecretToken")


def test_permanent_keys_take_no_token(client: Client) -> None:
    client.token = "anything"
    assert client.get("ListSpaces").error == (401, "InvalidSecretToken")


def test_strange_values_pass_in_a_query(client: Client) -> None:
    for text in ("+", "a b", "*~%", "文字", "a=b&c", "é'\""):
        assert (
            client.get("ListStreams", SpaceID=client.space, StreamName=text).result["Streams"] == []
        )
