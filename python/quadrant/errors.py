"""Coded errors. The registry with a sentence and a remedy for each is docs/error_codes.md.

Codes QD0xx are raised by the database (SQLSTATE), QD1xx concern bars, QD2xx the server and the
connection, QD3xx deployment.
"""

from __future__ import annotations


class QuadrantError(Exception):
    """A failure a user can act on: a code, what happened, and what to do."""

    code = "QD000"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code

    def __str__(self) -> str:
        text = f"{self.code}: {self.message}"
        return f"{text}\n{self.hint}" if self.hint else text
