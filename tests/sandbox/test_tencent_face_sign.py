"""The face's signature check: the document's examples, published vectors, and tampering."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.sandbox.face_support import Client, authorization, quoted
from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_sign import Credential, escape, verify
from vsconsole.sandbox.faults import Struck
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.wire import Request, parse_query

SECRET_ID = "AKIDEXAMPLE00000000000000000000000000"
SECRET_KEY = "ExampleSecretKey0000000000000000"
KEY_TIME = "1700550000;1700553600"
NOW = 1700551000.0
HOST = "ivc.myqcloud.com"
CREDENTIALS = {SECRET_ID: Credential(secret_id=SECRET_ID, secret_key=SECRET_KEY)}

GET_QUERY = "OrganizationId=0&PageNumber=1&PageSize=20"


def request(method: str, path: str, raw_query: str, authorization: str, **headers: str) -> Request:
    return Request(
        method=method,
        path=path,
        raw_query=raw_query,
        query=parse_query(raw_query),
        headers={"host": HOST, "authorization": authorization}
        | {k.replace("_", "-"): v for k, v in headers.items()},
        body=b"",
        now=NOW,
        host=HOST,
        struck=Struck(seconds={}),
    )


def signed(header_list: str, params: str, signature: str) -> str:
    return (
        f"q-sign-algorithm=sha1&q-ak={SECRET_ID}&q-sign-time={KEY_TIME}&q-key-time={KEY_TIME}"
        f"&q-header-list={header_list}&q-url-param-list={params}&q-signature={signature}"
    )


GET = request(
    "GET",
    "/ivc/urm/resource/getUserResources",
    GET_QUERY,
    signed(
        "host",
        "organizationid;pagenumber;pagesize",
        "9ebdc8b1199359008c5970a6cf21a67128ac73ef",
    ),
)
POSTS = [
    ("host", "1d81e1912fabcf327bef666cf5796329181f23b4"),
    ("content-type;host", "3e190a91811ffd2c111069c15c188ee7177b0a21"),
    ("content-type;host", "766f6c0b54844d91eb1badd7992d3f6bad22c3d4"),
]


def refused(one: Request) -> int:
    with pytest.raises(Refused) as caught:
        verify(one, CREDENTIALS)
    return caught.value.code


def test_the_documents_own_numbers() -> None:
    # The document masks its secrets; what it prints can be checked from the SignKey on.
    text = "sha1\n1671038349;1671041949\n2cc1a7b1fa5b6c7ca3d2e0f70f46c6f7c96cb175\n"
    key = "003e121ce6c3862a770c74eab3b13d90935104aa"
    mac = hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()
    assert mac == "8d9a6c73ff78900b3875a78df2b63790644b8c3d"


def test_published_get_vector() -> None:
    assert verify(GET, CREDENTIALS).secret_id == SECRET_ID


@pytest.mark.parametrize(("header_list", "signature"), POSTS)
def test_published_post_vectors(header_list: str, signature: str) -> None:
    one = request(
        "POST",
        "/ivc/cms/device/add",
        "",
        signed(header_list, "", signature),
        content_type="application/json",
    )
    assert verify(one, CREDENTIALS).secret_id == SECRET_ID


def test_any_changed_byte_of_the_authorization_is_refused() -> None:
    text = GET.headers["authorization"]
    for at, character in enumerate(text):
        for other in {"0" if character != "0" else "1", "x" if character != "x" else "y"}:
            changed = text[:at] + other + text[at + 1 :]
            one = replace(GET, headers={**GET.headers, "authorization": changed})
            assert refused(one) in (41601, 41602), changed


def test_any_changed_byte_of_path_query_method_and_host_is_refused() -> None:
    for at in range(len(GET.path)):
        assert refused(replace(GET, path=f"{GET.path[:at]}~{GET.path[at + 1 :]}")) == 41602
    for at in range(len(GET_QUERY)):
        raw = f"{GET_QUERY[:at]}~{GET_QUERY[at + 1 :]}"
        one = replace(GET, raw_query=raw, query=parse_query(raw))
        assert refused(one) == 41602, raw
    assert refused(replace(GET, method="POST")) == 41602
    other = replace(GET, headers={**GET.headers, "host": "ivc.myqcloud.con"})
    assert refused(other) == 41602
    assert refused(replace(other, host="ivc.myqcloud.con")) == 41602


def test_more_less_or_cut_is_refused() -> None:
    text = GET.headers["authorization"]
    for changed in ("", text[:-1], text + "0", text + "&q-more=1", text.upper(), " " + text):
        assert refused(replace(GET, headers={**GET.headers, "authorization": changed})) == 41602
    none = {k: v for k, v in GET.headers.items() if k != "authorization"}
    assert refused(replace(GET, headers=none)) == 41602


def test_all_query_parameters_must_be_signed() -> None:
    raw = GET_QUERY + "&Keyword=x"
    assert refused(replace(GET, raw_query=raw, query=parse_query(raw))) == 41602


def test_the_key_time_is_a_window() -> None:
    for now in (1700550000.0, 1700553600.9):
        verify(replace(GET, now=now), CREDENTIALS)
    assert refused(replace(GET, now=1700549999.0)) == 41602
    assert refused(replace(GET, now=1700553601.0)) == 41601


def test_a_listed_header_must_be_there_and_lists_are_sorted() -> None:
    def one(names: str) -> Request:
        return request("GET", "/x", "", signed(names, "", "0" * 40))

    for names in ("date;host", "host;content-type", "Host", "host;host", "host;"):
        assert refused(one(names)) == 41602


def test_nothing_need_be_signed_but_what_is_must_fit() -> None:
    text = authorization("GET", "/x", {}, {}, SECRET_ID, SECRET_KEY, KEY_TIME)
    verify(request("GET", "/x", "", text), CREDENTIALS)
    bare = authorization("GET", "/x", {"A b": "1 2/ü+"}, {}, SECRET_ID, SECRET_KEY, KEY_TIME)
    verify(request("GET", "/x", "A%20b=1%202%2F%C3%BC%2B", bare), CREDENTIALS)
    novalue = authorization("GET", "/x", {"A": ""}, {}, SECRET_ID, SECRET_KEY, KEY_TIME)
    verify(request("GET", "/x", "A", novalue), CREDENTIALS)


def test_escape_is_the_documents_table() -> None:
    table = " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
    assert escape(table) == "".join(f"%{ord(c):02X}" for c in table)
    assert escape("aZ09-_.~") == "aZ09-_.~"
    assert escape("中") == "%E4%B8%AD"


@settings(max_examples=150, deadline=None)
@given(
    query=st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8),
        st.text(max_size=12),
        max_size=5,
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
)
def test_whatever_is_signed_by_the_rule_is_accepted(query: dict[str, str], method: str) -> None:
    assume(len({k.lower() for k in query}) == len(query))
    raw = "&".join(f"{quoted(k)}={quoted(v)}" for k, v in query.items())
    text = authorization(method, "/ivc/x", query, {"host": HOST}, SECRET_ID, SECRET_KEY, KEY_TIME)
    verify(request(method, "/ivc/x", raw, text), CREDENTIALS)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Sandbox(2, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


PATH = "/ivc/cms/organization/query"


def test_a_signed_call_over_the_network(client: Client) -> None:
    answer = client.get(PATH)
    assert answer.data
    assert answer.headers["Server"] == "tencent-iss"
    assert answer.headers["RequestId"] == answer.json["RequestId"]
    assert answer.headers["Content-Type"] == "application/json"


def test_unsigned_wrong_and_unknown(client: Client) -> None:
    assert client.send("GET", PATH, {}).code == 41602
    good, client.secret_key = client.secret_key, "x" * 32
    try:
        answer = client.get(PATH)
        assert (answer.status, answer.code, answer.json["Code"]) == (200, 41602, 500)
    finally:
        client.secret_key = good
    good, client.secret_id = client.secret_id, "AKIDnobody"
    try:
        assert client.get(PATH).code == 41602
    finally:
        client.secret_id = good


def test_the_host_must_be_this_server(client: Client) -> None:
    now = int(time.time())
    text = authorization(
        "GET",
        PATH,
        {},
        {"host": "elsewhere.example"},
        client.secret_id,
        client.secret_key,
        f"{now};{now + 60}",
    )
    assert client.send("GET", PATH, {"Authorization": text, "Host": "elsewhere.example"}).code == (
        41602
    )


def test_temporary_keys_need_their_token_in_time(client: Client) -> None:
    kept = client.secret_id, client.secret_key
    try:
        fresh = client.face.add_temporary(60)
        client.secret_id, client.secret_key = fresh.secret_id, fresh.secret_key
        assert client.get(PATH).code == 41602
        client.token = fresh.token
        assert client.get(PATH).code == 200
        client.token = fresh.token + "x"
        assert client.get(PATH).code == 41602
        old = client.face.add_temporary(-1)
        client.secret_id, client.secret_key, client.token = (
            old.secret_id,
            old.secret_key,
            old.token,
        )
        assert client.get(PATH).code == 41601
        client.secret_id, client.secret_key = kept
        assert client.get(PATH).code == 41602
    finally:
        client.secret_id, client.secret_key = kept
        client.token = ""
