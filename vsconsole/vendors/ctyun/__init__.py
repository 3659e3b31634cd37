"""Ctyun 天翼云智能视图服务 (VSS), API v2."""
