"""Tencent 智能视图计算平台 (ISS/IVC), the legacy REST API."""
