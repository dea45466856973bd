"""A file of the corpus, and what is known of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    kind: str
    """Its format, as the table shows it."""
    name: str
    """Its name; the ending is part of what Folio is told."""
    data: bytes = field(repr=False)
    pages: int | None = None
    """What the rule says, where the rule or the maker of the file knows better than programs that count."""
    hostile: bool = False
    """Whether it may be refused, too; it must be where no number of pages is right."""


def cases(kind, files):
    """Honest files of one format: name to data."""
    return [Case(kind, name, data) for name, data in files.items()]


def ruled(kind, pages, files):
    """Files of which the rule itself says how many pages they have."""
    return [Case(kind, name, data, pages) for name, data in files.items()]


def hostile(kind, files, pages=None):
    """Files that are damaged or mean harm: the right number of pages, or a refusal."""
    return [Case(kind, name, data, pages, hostile=True) for name, data in files.items()]
