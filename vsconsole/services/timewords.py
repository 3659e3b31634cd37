"""The words of times in English and Chinese, brought into one plain form before they are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

NOW = frozenset({"now", "right now", "现在", "此刻", "当前"})
JUST_NOW = frozenset({"just now", "a moment ago", "刚才", "刚刚"})
DAYS: Mapping[str, int] = {
    "today": 0,
    "今天": 0,
    "今日": 0,
    "yesterday": -1,
    "昨天": -1,
    "昨日": -1,
    "day before yesterday": -2,
    "前天": -2,
    "前日": -2,
    "大前天": -3,
    "tomorrow": 1,
    "明天": 1,
    "明日": 1,
    "day after tomorrow": 2,
    "后天": 2,
}
_ENGLISH_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS: Mapping[str, int] = {
    **{name: place for place, name in enumerate(_ENGLISH_WEEK)},
    **{name[:3]: place for place, name in enumerate(_ENGLISH_WEEK)},
    "tues": 1,
    "thur": 3,
    "thurs": 3,
}
_MONTH_NAMES = (
    "january february march april may june july august september october november december"
)
MONTHS: Mapping[str, int] = {
    **{name: place for place, name in enumerate(_MONTH_NAMES.split(), 1)},
    **{name[:3]: place for place, name in enumerate(_MONTH_NAMES.split(), 1)},
    "sept": 9,
}


class Half(Enum):
    """Which part of a day an hour of it belongs to."""

    AM = auto()
    PM = auto()
    SMALL_HOURS = auto()
    MORNING = auto()
    NOON = auto()
    AFTERNOON = auto()
    NIGHT = auto()


HALVES: Mapping[str, Half] = {
    "am": Half.AM,
    "pm": Half.PM,
    "morning": Half.MORNING,
    "凌晨": Half.SMALL_HOURS,
    "清晨": Half.MORNING,
    "早晨": Half.MORNING,
    "早上": Half.MORNING,
    "上午": Half.MORNING,
    "noon": Half.NOON,
    "中午": Half.NOON,
    "正午": Half.NOON,
    "afternoon": Half.AFTERNOON,
    "下午": Half.AFTERNOON,
    "evening": Half.NIGHT,
    "night": Half.NIGHT,
    "傍晚": Half.NIGHT,
    "晚上": Half.NIGHT,
    "夜里": Half.NIGHT,
    "夜间": Half.NIGHT,
    "深夜": Half.NIGHT,
    "半夜": Half.NIGHT,
    "午夜": Half.NIGHT,
}
_HALF_WORDS = "|".join(sorted(HALVES, key=len, reverse=True))
BEGINS: Mapping[str, int] = {
    "morning": 6,
    "凌晨": 0,
    "清晨": 6,
    "早晨": 6,
    "早上": 6,
    "上午": 6,
    "noon": 12,
    "中午": 12,
    "正午": 12,
    "afternoon": 12,
    "下午": 12,
    "evening": 18,
    "night": 18,
    "傍晚": 18,
    "晚上": 18,
    "夜里": 18,
    "夜间": 18,
    "深夜": 22,
}
"""The hour such a part of the day begins with, where no time is said."""

# Said in one word, read as two.
_SPOKEN = (
    (re.compile("昨晚上?|昨夜里?"), "昨天晚上"),
    # Not that of "3天前晚上".
    (re.compile("(?<![天日周时钟])前(?:晚上?|夜)"), "前天晚上"),
    (re.compile("今晚上?|今夜"), "今天晚上"),
    (re.compile("今早上?|今晨"), "今天早上"),
    (re.compile("明早上?"), "明天早上"),
    (re.compile("明晚上?"), "明天晚上"),
    (re.compile(r"\blast night\b"), "yesterday night"),
    (re.compile(r"\btonight\b"), "today night"),
    (re.compile(r"\bthis (?=morning|afternoon|evening)"), "today "),
    (re.compile(r"\bmidnight\b"), "0:00"),
    (re.compile(r"\b([ap])\.m\.?"), r"\1m"),
    # An hour alone is one beside a part of the day, or behind "at".
    (re.compile(r"(?<![:.\d])(\d{1,2}) ?([ap]m)\b"), r"\1:00 \2"),
    (re.compile(r"\bat (\d{1,2})(?![\d:])"), r"\1:00"),
    (re.compile(r"\b(morning|afternoon|evening|night) (\d{1,2}:\d{2}) ?[ap]m\b"), r"\1 \2"),
    (re.compile("(?:周|星期|礼拜)([一二三四五六])"), r"周\1 "),
)
_HOUR_OF_HALF = re.compile(rf"({_HALF_WORDS}) ?(\d{{1,2}})(?![\d:点时年月日号/.-])")
_COUNTED = {
    name: str(number)
    for number, name in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        1,
    )
}
_ENGLISH_NUMBER = re.compile(rf"\b({'|'.join(_COUNTED)})\b")
_FILLERS = re.compile(r"\b(?:at|on|in the|the|o'clock|of)\b|的")
_NUMERALS = "零〇一二两三四五六七八九十"
_NUMERAL_RUN = re.compile(f"[{_NUMERALS}]+")
_SINGLE = {"两": 2, "〇": 0, **{one: i for i, one in enumerate("零一二三四五六七八九")}}


@dataclass(frozen=True, slots=True)
class Plain:
    """A typed text in its plain form, and as it was typed for messages."""

    typed: str
    text: str


def plain(text: str) -> Plain:
    """Width, case, spaces, numerals and spoken short forms made one."""
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    low = typed.casefold().replace("\u2019", "'")
    low = _ENGLISH_NUMBER.sub(lambda name: _COUNTED[name.group()], low)
    for spoken, said in _SPOKEN:
        low = spoken.sub(said, low)
    low = _NUMERAL_RUN.sub(lambda run: _figures(run.group()), low)
    low = _HOUR_OF_HALF.sub(r"\1 \2:00", low)
    return Plain(typed, " ".join(_FILLERS.sub(" ", low).split()))


def _figures(run: str) -> str:
    """Chinese numerals below a hundred, or one by one as years are said."""
    if "十" not in run:
        return "".join(str(_SINGLE[one]) for one in run)
    tens, _ten, ones = run.partition("十")
    # "三十十" is no number: left as it is, and not understood.
    if "十" in ones or len(ones) > 1 or len(tens.lstrip("零〇")) > 1:
        return run
    high = tens.lstrip("零〇")
    return str((_SINGLE[high] if high else 1) * 10 + (_SINGLE[ones] if ones else 0))


def hour_in(half: Half, hour: int) -> int | None:
    """The hour of the day, 24 and more for the day after; None where there is no such hour."""
    if half is Half.AM:
        return hour % 12 if 1 <= hour <= 12 else None
    if half is Half.PM:
        return hour % 12 + 12 if 1 <= hour <= 12 else None
    if half is Half.SMALL_HOURS:
        return hour % 12 if hour <= 12 else None
    if half is Half.MORNING:
        return hour if hour <= 12 else None
    if half is Half.NOON:
        return hour + 12 if 1 <= hour <= 2 else hour if 11 <= hour <= 14 else None
    if half is Half.AFTERNOON:
        return hour + 12 if 1 <= hour <= 11 else hour if 12 <= hour <= 19 else None
    # Past midnight it is still the same night to those who speak of it.
    if hour <= 4 or hour == 12:
        return hour % 12 + 24
    return hour + 12 if hour < 12 else hour if 17 <= hour <= 24 else None
