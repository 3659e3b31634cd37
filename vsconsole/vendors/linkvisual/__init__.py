"""Alibaba Link Visual, the video service of the Living Link platform."""
