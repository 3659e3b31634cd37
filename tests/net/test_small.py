"""Addresses, redaction, retry, pacing, paging, workers."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadResponse,
    Cancelled,
    InvalidInput,
    NotFound,
    RateLimited,
    Rejected,
    Unreachable,
)
from vsconsole.net import address
from vsconsole.net.pacing import Pacer
from vsconsole.net.paging import pages
from vsconsole.net.redact import MASK, is_secret, redact_params, redact_text, redact_url
from vsconsole.net.retry import RetryPolicy, http_date, retry_after
from vsconsole.net.workers import spread

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


# Addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ivc.myqcloud.com", "https://ivc.myqcloud.com"),
        (" https://IVC.myqcloud.com/ ", "https://ivc.myqcloud.com"),
        ("https://ivc.test:443", "https://ivc.test"),
        ("https://ivc.test:8443", "https://ivc.test:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_server_addresses(text: str, expected: str) -> None:
    assert address.server_address(text) == expected
    assert address.server_address(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://ivc.test",
        "http://192.168.1.2",
        "ftp://ivc.test",
        "https://ivc.test/path",
        "https://ivc.test?x=1",
        "https://ivc.test#x",
        "https://me:pw@ivc.test",
        "https://",
        "https://host:0",
        "https://host:99999",
        "https://[::1",
        "https://a b",
        "https://a\nb",
    ],
)
def test_refused_server_addresses(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        address.server_address(text, field="server")
    assert caught.value.field == "server"
    assert "pw" not in str(caught.value)


# Redaction


def test_urls_lose_what_may_be_secret() -> None:
    assert (
        redact_url("https://me:pw@cam.test:80/live/x.flv?token=abc&e=1#part")
        == "https://cam.test:80/live/x.flv?***"
    )
    assert redact_url("https://cam.test/a") == "https://cam.test/a"
    assert redact_url("http://[broken?token=1") == MASK


@pytest.mark.parametrize(
    "text",
    [
        "see https://cam.test/a?token=HIDDEN now",
        "token=HIDDEN&x=1",
        '{"PullSecret": "HIDDEN"}',
        "Authorization: HIDDEN",
        "authorization=q-sign-algorithm=sha1&q-ak=HIDDEN&q-signature=HIDDEN",
        "Password = HIDDEN",
        "rtmp://push.test/live?txSecret=HIDDEN",
    ],
)
def test_texts_lose_secrets(text: str) -> None:
    once = redact_text(text)
    assert "HIDDEN" not in once
    assert MASK in once
    assert redact_text(once) == once


def test_plain_text_stays() -> None:
    text = "the device 大厅NVR is offline; password missing, key 5"
    assert redact_text(text) == text


def test_payloads_lose_secrets() -> None:
    given_ = {
        "Password": "HIDDEN",
        "PullSecret": 123,
        "PushSecret": "",
        "Token": None,
        "SecretId": "AKID",
        "Flag": {"Token": ("HIDDEN",)},
        "PasswordSet": True,
        "Own": "HIDDEN",
        "List": [{"Flv": "http://a.test/x?token=HIDDEN"}, 5],
    }
    got = redact_params(given_, {"Own"})
    assert "HIDDEN" not in str(got["Password"]) + str(got["Own"]) + str(got["List"])
    assert got["PullSecret"] == MASK
    assert (got["PushSecret"], got["Token"], got["PasswordSet"]) == ("", None, True)
    assert got["SecretId"] == "AKID"
    assert got["List"] == [{"Flv": "http://a.test/x?***"}, 5]
    assert given_["Password"] == "HIDDEN"


def test_secret_names() -> None:
    assert all(map(is_secret, ["password", "SecretKey", "x-iss-security-token", "Key", "sign"]))
    assert not any(map(is_secret, ["secret_id", "Keyword", "ChannelId", "SignTime"]))


# Retry


def test_delays_grow_and_end() -> None:
    policy = RetryPolicy(attempts=4, first=1, longest=3, jitter=0)
    error = Unreachable("x")
    assert [policy.delay(n, error, idempotent=True) for n in range(1, 5)] == [1, 2, 3, None]


@gentle
@given(st.integers(1, 2))
def test_jitter_only_shortens(attempt: int) -> None:
    delay = RetryPolicy(jitter=0.5, first=1).delay(attempt, Unreachable("x"), idempotent=True)
    assert delay is not None
    assert 0.5 * 2 ** (attempt - 1) <= delay <= 2 ** (attempt - 1)


def test_what_is_repeated() -> None:
    policy = RetryPolicy(jitter=0)
    happened = Unreachable("x", may_have_happened=True)
    assert policy.delay(1, NotFound("x"), idempotent=True) is None
    assert policy.delay(1, Rejected("x", retryable=True), idempotent=True) is not None
    assert policy.delay(1, happened, idempotent=True) is not None
    assert policy.delay(1, happened, idempotent=False) is None
    assert policy.delay(1, Unreachable("x"), idempotent=False) is not None
    assert policy.delay(1, RateLimited("x"), idempotent=False) is not None
    assert policy.delay(1, BadResponse("x"), idempotent=False) is None


def test_the_server_says_when() -> None:
    policy = RetryPolicy(jitter=0, first=1, patience=10)
    assert policy.delay(1, RateLimited("x", retry_after=5), idempotent=True) == 5
    assert policy.delay(1, RateLimited("x", retry_after=0.1), idempotent=True) == 1
    assert policy.delay(1, RateLimited("x", retry_after=11), idempotent=True) is None


def test_retry_after_and_dates() -> None:
    assert retry_after({"retry-after": "7"}, NOW) == 7
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 08:00:30 GMT"}, NOW) == 30
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 07:00:00 GMT"}, NOW) == 0
    assert retry_after({"retry-after": "soon"}, NOW) is None
    assert retry_after({}, NOW) is None
    assert http_date("Fri, 20 Nov 2026 08:00:00 -0000") is None
    assert http_date("Fri, 20 Nov 2026 99:00:00 GMT") is None


# Pacing


def test_calls_beyond_the_burst_wait() -> None:
    pacer = Pacer(50, burst=3, concurrent=9)
    begin = time.monotonic()
    for _ in range(8):
        with pacer.slot():
            pass
    assert time.monotonic() - begin >= 5 / 50 - 0.005


def test_no_more_than_so_many_at_once() -> None:
    pacer = Pacer(10_000, concurrent=2)
    lock = threading.Lock()
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        with pacer.slot():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.02)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_waiting_is_called_off() -> None:
    pacer = Pacer(0.01, burst=1, concurrent=1)
    with pacer.slot(), cancel.bound(cancel.CancelToken()) as token:
        timer = threading.Timer(0.05, token.cancel)
        timer.start()
        with pytest.raises(Cancelled), pacer.slot():
            pass
        timer.join()
    with cancel.bound(cancel.CancelToken()) as token:
        timer = threading.Timer(0.05, token.cancel)
        timer.start()
        with pytest.raises(Cancelled), pacer.slot():
            pass
        timer.join()


def test_urgent_calls_do_not_wait_but_count() -> None:
    pacer = Pacer(20, burst=1, concurrent=1)
    with pacer.slot():
        begin = time.monotonic()
        for _ in range(4):
            with pacer.slot(urgent=True):
                pass
        assert time.monotonic() - begin < 5
    begin = time.monotonic()
    with pacer.slot():
        assert time.monotonic() - begin >= 4 / 20 - 0.01


def test_hold() -> None:
    pacer = Pacer(1000)
    pacer.hold(0.1)
    begin = time.monotonic()
    with pacer.slot():
        assert time.monotonic() - begin >= 0.09


# Pages


class Book:
    """A server with pages of numbers."""

    def __init__(self, rows: list[int], size: int, *, counts: bool = True) -> None:
        self.rows, self.size, self.counts = rows, size, counts
        self.asked: list[int] = []

    def __call__(self, number: int) -> dict[str, Any]:
        self.asked.append(number)
        page = self.rows[(number - 1) * self.size : number * self.size]
        return {"rows": page, "total": len(set(self.rows)) if self.counts else None}


def read(book: Any, size: int = 10) -> list[int]:
    return [
        row
        for page in pages(
            book,
            size=size,
            rows=lambda data: data["rows"],
            total=lambda data: data["total"],
            ident=lambda row: row,
        )
        for row in page
    ]


@gentle
@given(st.integers(0, 45), st.integers(3, 12), st.booleans())
def test_every_row_once(count: int, size: int, counts: bool) -> None:
    book = Book(list(range(count)), size, counts=counts)
    assert read(book, size) == list(range(count))
    assert len(book.asked) <= count // size + 2


def test_a_server_that_gives_smaller_pages_than_asked() -> None:
    assert read(Book(list(range(40)), 7), 10) == list(range(40))


def test_doubled_and_shuffled_rows() -> None:
    rows = [0, 0, 1, 2, 2, 3, 5, 4, 4, 6]
    assert sorted(read(Book(rows, 3), 3)) == list(range(7))


def test_a_row_that_moved_is_found_by_the_second_pass() -> None:
    book = Book(list(range(9)), 3)
    moved = False

    def ask(number: int) -> dict[str, Any]:
        nonlocal moved
        answer = book(number)
        if number == 1 and not moved:
            moved = True
            book.rows = [8, *range(8)]
            book.rows.remove(3)
            book.rows.insert(0, 3)
        return answer

    assert sorted(read(ask, 3)) == list(range(9))


@pytest.mark.parametrize("lost", range(1, 8))
def test_a_page_that_came_empty_by_mistake_is_read_again(lost: int) -> None:
    book = Book(list(range(20)), 3)

    def ask(number: int) -> dict[str, Any]:
        answer = book(number)
        return (
            {**answer, "rows": []} if book.asked.count(number) == 1 and number == lost else answer
        )

    assert sorted(read(ask, 3)) == list(range(20))


def test_a_server_that_repeats_one_page_comes_to_an_end() -> None:
    asked = []

    def ask(number: int) -> dict[str, Any]:
        asked.append(number)
        return {"rows": [1, 2], "total": 50}

    assert read(ask, 2) == [1, 2]
    assert len(asked) <= 6


# Workers


def test_spread_gives_all_in_the_order_done() -> None:
    assert sorted(spread(lambda n: n * n, range(20), 4)) == [(n, n * n) for n in range(20)]
    assert list(spread(lambda n: n, [], 4)) == []
    here = threading.current_thread()
    assert list(spread(lambda n: threading.current_thread(), [1], 4)) == [(1, here)]


def test_the_first_error_calls_off_the_rest() -> None:
    started: list[int] = []

    def work(n: int) -> int:
        started.append(n)
        if n == 0:
            raise NotFound("x")
        cancel.current().wait(10)
        return n

    with pytest.raises(NotFound):
        list(spread(work, range(50), 3))
    assert len(started) < 50


def test_cancelling_reaches_the_workers() -> None:
    def work(n: int) -> int:
        cancel.current().wait(20)
        return n

    with cancel.bound(cancel.CancelToken()) as token:
        timer = threading.Timer(0.05, token.cancel)
        timer.start()
        with pytest.raises(Cancelled):
            list(spread(work, range(5), 2))
        timer.join()


def test_cancelled_before_it_began() -> None:
    with cancel.bound(cancel.CancelToken()) as token:
        token.cancel()
        with pytest.raises(Cancelled):
            list(spread(lambda n: n, range(5), 2))


def test_leaving_early_ends_the_workers() -> None:
    results = spread(lambda n: n, range(1000), 3)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("calls-")]


def test_a_long_run_of_letters_is_looked_through_at_once() -> None:
    text = "a" * 50_000
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name", ["SecretKey", "secret_key", "AppSecret", "iotToken", "my-password"]
)
def test_secrets_under_many_names(name: str) -> None:
    assert "hidden" not in redact_text(f"{name}=hidden, {name}: 'hidden'")
