"""Runs all judges: Stripe's clients for Python and Node against the stub, and our client against localstripe."""

import contextlib
import pathlib
import shutil
import subprocess
import sys

import another_stub
import by_python

KEY = "sk_test_judges"


@contextlib.contextmanager
def serving(stub):
    """Serves the stub until the block ends: its address."""
    with subprocess.Popen([stub, KEY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip().removeprefix("listening on ")
        finally:
            server.stdin.close()


def main(stub, purchase, node):
    with serving(stub) as url:
        by_python.judge(url, KEY)
        print("Stripe's client for Python: ok")
        # Node looks for packages from where the script is.
        script = shutil.copy(pathlib.Path(__file__).parent / "by_node.mjs", node)
        subprocess.run(["node", script, url, KEY], check=True)
        print("Stripe's client for Node: ok")
    with another_stub.serving() as url:
        subprocess.run([purchase, url], check=True)
        print("our client against localstripe: ok")


main(*sys.argv[1:])
