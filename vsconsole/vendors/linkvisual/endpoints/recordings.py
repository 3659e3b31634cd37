"""Cloud recordings, cloud storage plans, images and events."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.rules import TimeRange
from vsconsole.vendors.linkvisual.endpoints.shared import (
    IOT_ID,
    LARGEST_PICTURE_PAGE,
    STREAM,
    Call,
    change,
    flag,
    milliseconds,
    page,
    read,
    seconds,
    text,
    texts,
    whole,
)

_FILE = text("fileName")
_PICTURES = whole(
    name="pictureType", choices=(0, 1, 2), default=0, doc=N_("0 all, 1 originals, 2 thumbnails")
)
_PICTURE_TYPE = whole(
    name="type", choices=(0, 1, 2), default=0, doc=N_("0 all, 1 originals, 2 thumbnails")
)
_BUSINESS = whole(
    name="eventType",
    required=True,
    choices=(1, 2),
    doc=N_("1 detection alarm, 2 reminder that the cloud storage ends"),
)

RECORDINGS: tuple[Call, ...] = (
    read(
        "record/query",
        "2.1.3",
        "Query a list of cloud recordings by time range",
        IOT_ID,
        STREAM,
        seconds("beginTime"),
        seconds("endTime"),
        whole(
            name="recordType",
            choices=(0, 1, 2, 99),
            default=99,
            doc=N_("0 scheduled, 1 alarm, 2 manual, 99 all"),
        ),
        *page(),
        flag(name="needSnapshot", default=False),
        rules=(TimeRange("beginTime", "endTime"),),
    ),
    # Each answer is an address that works once, so that asking again is asking for another.
    read("vod/getbyfilename", "2.0.0", "Get the VOD URL for a cloud recording", IOT_ID, _FILE),
    read(
        "monthrecord/query",
        "2.0.0",
        "Query monthly recordings",
        IOT_ID,
        text("month", pattern=r"[0-9]{4}(0[1-9]|1[0-2])", doc=N_("Year and month, as 201806.")),
    ),
    read(
        "event/query",
        "2.1.2",
        "Query a list of events",
        IOT_ID,
        milliseconds("beginTime"),
        milliseconds("endTime"),
        whole(name="eventType", minimum=0, doc=N_("0 all, 1 motion detection")),
        _PICTURES,
        *page(None),
        rules=(TimeRange("beginTime", "endTime"),),
    ),
    read(
        "vod/getbyeventid",
        "2.1.0",
        "Get the playback URL of a cloud recording file by event ID",
        IOT_ID,
        text("eventId"),
    ),
    read(
        "record/batchdelete",
        "2.0.0",
        "Delete recordings in a batch",
        IOT_ID,
        texts("fileNameList", max_length=100),
        destructive=True,
    ),
    read("vod/cloudfile/get", "2.1.0", "Download a cloud recording", IOT_ID, _FILE),
    change(
        "record/trigger",
        "2.1.0",
        "Manually trigger a short recording task on a device",
        IOT_ID,
        whole(name="recordDuration", required=True, minimum=1, maximum=1800, doc=N_("Seconds.")),
        STREAM,
        whole(name="preRecordDuration", minimum=0, doc=N_("Seconds.")),
    ),
    read(
        "record/durationconfig/set",
        "1.0.0",
        "Set the duration of continuous recording files",
        IOT_ID,
        whole(name="recordDuration", minimum=600, maximum=3600, default=1800, doc=N_("Seconds.")),
    ),
    read(
        "record/durationconfig/get",
        "1.0.0",
        "Query the duration configuration of continuous recording files",
        IOT_ID,
    ),
)

STORAGE: tuple[Call, ...] = (
    read(
        "cloudstorage/presented/get",
        "2.1.2",
        "Query the details of a complimentary cloud storage plan",
        IOT_ID,
    ),
    change(
        "cloudstorage/presented/consume",
        "2.1.3",
        "Claim a complimentary cloud storage plan",
        IOT_ID,
        flag(name="enableDefaultPlan", default=False, doc=N_("Record around the clock.")),
    ),
)

PICTURES: tuple[Call, ...] = (
    change("picture/trigger", "2.0.0", "Manually capture an image", IOT_ID),
    read(
        "picture/querybytime",
        "2.1.1",
        "Query a list of images by time",
        IOT_ID,
        milliseconds("startTime"),
        milliseconds("endTime"),
        *page(LARGEST_PICTURE_PAGE),
        _PICTURE_TYPE,
        whole(
            name="source",
            choices=(0, 1, 2, 3),
            default=0,
            doc=N_("0 all, 1 alarm, 2 manual, 3 other"),
        ),
        rules=(TimeRange("startTime", "endTime"),),
    ),
    read(
        "picture/querybyids",
        "2.1.0",
        "Get image URLs by a list of image IDs",
        IOT_ID,
        texts("pictureIdList"),
        _PICTURE_TYPE,
    ),
    read(
        "picture/batchdelete",
        "2.0.0",
        "Delete images in a batch",
        IOT_ID,
        texts("pictureIdList"),
        destructive=True,
    ),
)

EVENTS: tuple[Call, ...] = (
    read(
        "bizevent/config/set",
        "1.0.0",
        "Set the message push interval for business events",
        IOT_ID,
        _BUSINESS,
        whole(name="eventInterval", minimum=0, default=120, doc=N_("Seconds.")),
    ),
    read(
        "bizevent/config/get",
        "1.0.0",
        "Query the message push interval for business events",
        IOT_ID,
        _BUSINESS,
    ),
    read("pic/getbyevent", "2.1.0", "Query images by event ID", IOT_ID, texts("eventIds")),
    read(
        "event/query/byeventids",
        "1.0.0",
        "Query the details of events in a batch by event ID",
        IOT_ID,
        texts("eventIds"),
        flag(name="needAlarmPicture", default=False),
        flag(name="needRecordSnapshot", default=False),
    ),
)
