"""A `folio serve` on a database of its own, with a tenant that has something in it."""

import contextlib
import json
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

PACKS = Path(__file__).resolve().parents[2] / "crates/service/catalogs/perfectparser.toml"
PLANS = """
[plans]
basic = { label = "Basic", credits = 100, price = "9.00", every = "P1M" }
pro = { label = "Pro", credits = 1_000, price = "29.00", every = "P1M" }
"""
"""The document's own examples name a pack and a plan."""

CUSTOMER = "user_42"
"""The customer of the document's own examples."""
SPARE = "user_43"
"""Whoever is frozen in their place."""


@dataclass(frozen=True)
class Tenant:
    url: str
    operator: str
    """The key that the calls are made with."""
    operator_id: str
    """Its id: a call that revoked it would be the last one that means anything."""
    customer: str
    """A key of the customer's own."""
    customer_key_id: str
    customer_id: str


@contextlib.contextmanager
def serving(folio, directory):
    """Serves until the block ends, and hands over what it takes to call."""
    database = ["--database", f"sqlite://{directory}/folio.db"]

    def data(*arguments):
        command = [folio, *arguments, *database, "--format", "json"]
        return json.loads(subprocess.run(command, cwd=directory, env={}, check=True, stdout=subprocess.PIPE).stdout)

    catalog = Path(directory, "catalog.toml")
    catalog.write_text(PACKS.read_text() + PLANS)
    data("tenant", "create", "shop", "--mode", "test", "--catalog", str(catalog))
    key = data("keys", "create", "--tenant", "shop")
    command = [folio, "serve", "--listen", "127.0.0.1:0", *database]
    settings = {"cwd": directory, "env": {"FOLIO_LOG": "error"}, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **settings) as server:
        try:
            url = server.stdout.readline().strip().removeprefix("listening on ")
            yield Tenant(url, key["key"], key["id"], **furnish(url, key["key"]))
        finally:
            server.terminate()


def furnish(url, key):
    """Signs the customers up, the first with credits to spend; a key of theirs."""

    def call(method, path, body):
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": path}
        request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    customer = call("PUT", f"/v1/customers/{CUSTOMER}", {"name": "Ada"})
    call("PUT", f"/v1/customers/{SPARE}", {"name": "Grace"})
    call("POST", "/v1/grants", {"customer": CUSTOMER, "amount": "1000000"})
    key = call("POST", "/v1/keys", {"customer": CUSTOMER, "scopes": ["read", "meter"]})
    return {"customer": key["secret"], "customer_key_id": key["id"], "customer_id": customer["id"]}
