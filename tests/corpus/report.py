"""What the corpus has shown."""

from dataclasses import dataclass
from statistics import median

from case import Case
from ours import Count


@dataclass(frozen=True)
class Row:
    case: Case
    ours: Count
    theirs: dict

    @property
    def agreed(self):
        """What all say who can, if at least one can."""
        said = {pages for pages in self.theirs.values() if pages is not None}
        return said.pop() if len(said) == 1 else None

    @property
    def expected(self):
        return self.case.pages if self.case.pages is not None else self.agreed

    @property
    def fault(self):
        """What is wrong with our count; nothing where it is right."""
        if self.ours.fault:
            return self.ours.fault
        if self.case.hostile:
            wrong = self.ours.pages is not None and self.ours.pages != self.case.pages
            return "a wrong count of a hostile file" if wrong else ""
        if self.expected is None:
            return "no one to compare with" if not any(self.theirs.values()) else ""
        return "" if self.ours.pages == self.expected else f"should be {self.expected}"

    @property
    def note(self):
        if self.fault:
            return f"WRONG: {self.fault} {self.ours.refusal}".strip()
        if self.case.hostile:
            return self.ours.refusal.splitlines()[0].split(": ", 1)[-1] if self.ours.refusal else "hostile"
        return "by the rule" if self.case.pages not in (None, self.agreed) else ""


def table(rows):
    head = ("format", "file", "ours", "ms", "MiB", "theirs", "")
    lines = [head] + [line(row) for row in rows]
    widths = [max(len(each[column]) for each in lines) for column in range(5)]

    def shown(each):
        cells = [cell.ljust(width) for cell, width in zip(each, widths)]
        return "  ".join([*cells, *each[5:]]).rstrip()

    return "\n".join(map(shown, lines)) + "\n\n" + summary(rows)


def line(row):
    theirs = " ".join(f"{name} {'-' if pages is None else pages}" for name, pages in row.theirs.items())
    time, memory = f"{row.ours.seconds * 1000:.0f}", f"{row.ours.memory >> 20}"
    return (row.case.kind, row.case.name, str(row.ours), time, memory, theirs, row.note)


def summary(rows):
    honest = [row for row in rows if not row.case.hostile]
    hostile = [row for row in rows if row.case.hostile]
    refused = sum(row.ours.pages is None for row in hostile)
    agreed = sum(row.agreed is not None for row in honest)
    kinds, wrong = {row.case.kind for row in rows}, sum(bool(row.fault) for row in rows)
    times, memory = [row.ours.seconds * 1000 for row in rows], max(row.ours.memory for row in rows) >> 20
    return "\n".join((
        f"{len(rows)} files, {len(kinds)} formats: {wrong} wrong",
        f"{len(honest)} honest ones; the others agree with each other on {agreed} of them",
        f"{len(hostile)} hostile ones; {refused} refused, {len(hostile) - refused} counted right",
        f"median {median(times):.0f} ms, longest {max(times):.0f} ms, most memory {memory} MiB",
    ))
