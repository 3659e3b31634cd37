"""A desktop console for cloud video platforms and local footage."""

__version__ = "0.1.0"
