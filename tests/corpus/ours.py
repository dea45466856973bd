"""Folio's own count of a file, in bounds that a server could live with.

It runs in a process of its own, `ours.py FOLIO FILE`: the kernel adds what this one has in memory to what it starts.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

SECONDS = 15
"""By the wall. A worker has two seconds of a core, and ten by the wall where the machine is busy."""
MEMORY = 320 << 20
"""What the largest process may have resident: a worker's 256 MiB, and room for a server that holds the file."""


@dataclass(frozen=True)
class Count:
    pages: int | None = None
    refusal: str = ""
    fault: str = ""
    """What must never happen: a crash, a hang, too much memory."""
    seconds: float = 0
    memory: int = 0

    def __str__(self):
        return "fault" if self.fault else "refused" if self.pages is None else str(self.pages)


def count(folio, path):
    """Counts one file."""
    ran = subprocess.run([sys.executable, "-SB", __file__, folio, path], stdout=subprocess.PIPE, check=True)
    return Count(**json.loads(ran.stdout))


def measured(folio, path):
    """The directory has no settings in it, and the environment neither."""
    start = time.monotonic()
    command = [folio, "estimate", "--format", "json", path]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=Path(path).parent, env={}, text=True, **pipes) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return Count(fault=f"hangs for {SECONDS} s", seconds=SECONDS)
    memory = memory_of_children()
    return Count(*verdict(process.returncode, out, err.strip(), memory), time.monotonic() - start, memory)


def memory_of_children():
    """Of the largest one, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10


def verdict(status, out, err, memory):
    if memory > MEMORY:
        return None, err, f"takes {memory >> 20} MiB"
    if status not in (0, 1) or "panic" in err:
        return None, err, f"ends with {status}"
    if status == 1:
        return None, err, ""
    return json.loads(out)["items"][0]["pages"], "", ""


if __name__ == "__main__":
    print(json.dumps(asdict(measured(*sys.argv[1:]))))
