"""Volcengine AIoT video (火山引擎, now shown as 慢直播)."""
