"""Schemathesis against a live server: every operation of its document, with every check. Usage: schemathesis FOLIO"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from server import serving

HERE = Path(__file__).resolve().parent


def main(folio):
    with tempfile.TemporaryDirectory(prefix="folio-schemathesis-") as directory, serving(folio, directory) as tenant:
        environment = os.environ | {
            "FOLIO_OPERATOR": tenant.operator,
            "FOLIO_OPERATOR_ID": tenant.operator_id,
            "FOLIO_CUSTOMER": tenant.customer,
            "FOLIO_CUSTOMER_KEY_ID": tenant.customer_key_id,
            "FOLIO_CUSTOMER_ID": tenant.customer_id,
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = ["--config-file", HERE / "schemathesis.toml", "run", f"{tenant.url}/openapi.json", *sys.argv[2:]]
        tool = Path(sys.executable).with_name("schemathesis")
        # What the tool leaves behind goes with the directory.
        return subprocess.run([tool, *command], cwd=directory, env=environment).returncode


sys.exit(main(str(Path(sys.argv[1]).resolve())))
