"""Failures of an import as a whole: QD12x. A bad row is no failure: it is kept as a reject."""

from __future__ import annotations

from quadrant.errors import QuadrantError


class ImportFileMissing(QuadrantError):
    """The file to import does not exist."""

    code = "QD120"


class UnknownImportFormat(QuadrantError):
    """The file's name does not say a format that can be imported."""

    code = "QD121"


class ImportFileUnreadable(QuadrantError):
    """The file is damaged, is not UTF-8 text, or lacks the columns of what is imported."""

    code = "QD122"


class NothingToImport(QuadrantError):
    """The database to import from has none of the tables."""

    code = "QD123"
