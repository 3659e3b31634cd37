"""Imou / Lechange 乐橙 open platform (open.imou.com)."""
