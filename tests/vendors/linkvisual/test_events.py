"""Events and their pictures: two lists that become one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.vendors.linkvisual.support import HOUR, NOON, VISION, Gateway, camera
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


def happened(index: int, when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "eventId": f"e{index}",
        "eventTimeUTC": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventType": 1,
        "eventDesc": "motion",
        "eventPicId": f"p{index}",
        **more,
    }


def test_events_in_milliseconds_with_their_pictures(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    begin = int(NOON.timestamp()) * 1000
    first = happened(1, NOON, eventPicUrl="https://v.test/1.jpg")
    second = happened(2, NOON + timedelta(seconds=9), intelligentTypeList="3")
    late = happened(3, HOUR.end)
    gateway.answers[VISION + "event/query"] = [
        {"eventList": [second, first], "nextValid": True, "nextBeginTime": begin + 10_000},
        {"eventList": [second, late], "nextValid": False, "nextBeginTime": 0},
    ]
    gateway.answers[VISION + "pic/getbyevent"] = {
        "pictureList": [
            {"eventId": "e2", "picUrl": "https://v.test/2.jpg"},
            {"eventId": "e9", "picUrl": "https://v.test/9.jpg"},
        ]
    }
    taken = {
        "pictureId": "p7",
        "pictureTimeUTC": "2023-11-21T04:00:05Z",
        "pictureUrl": "https://v.test/7.jpg",
        "source": 2,
    }
    gateway.answers[VISION + "picture/querybytime"] = {
        "pictureList": [taken, {**taken, "pictureId": "p1", "source": 1}]
    }
    events = adapter.events(camera(), HOUR)
    assert [(one.id, one.kind, one.picture) for one in events] == [
        ("e1", "motion", "https://v.test/1.jpg"),
        ("picture:p7", "picture", "https://v.test/7.jpg"),
        ("e2", "human", "https://v.test/2.jpg"),
    ]
    asked = gateway.calls("event/query")
    assert [one["beginTime"] for one in asked] == [begin, begin + 10_000]
    assert asked[0]["endTime"] == begin + 3_600_001
    assert gateway.calls("pic/getbyevent") == [{"iotId": "cam", "eventIds": ["e2"]}]
    (pictures,) = gateway.calls("picture/querybytime")
    assert (pictures["pageStart"], pictures["pageSize"]) == (0, 100)
    assert pictures["startTime"] == begin


def test_pictures_end_with_a_page_that_is_not_full(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    def answer(params: Mapping[str, Any]) -> Any:
        first = params["pageStart"] * 100
        return {
            "pictureList": [
                {"pictureId": f"p{i}", "pictureTimeUTC": "2023-11-21T04:00:05Z"}
                for i in range(first, min(first + 100, 230))
            ]
        }

    gateway.answers[VISION + "event/query"] = {"eventList": [], "nextValid": False}
    gateway.answers[VISION + "picture/querybytime"] = answer
    assert len(adapter.events(camera(), HOUR)) == 230
    assert [one["pageStart"] for one in gateway.calls("querybytime")] == [0, 1, 2]
