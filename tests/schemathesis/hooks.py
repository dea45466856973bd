"""What the tool cannot know: rules that no schema can express, and the keys that it calls with."""

import os
import re

import schemathesis
from hypothesis import strategies
from server import CUSTOMER, SPARE

REJECTED_VALID, ACCEPTED_INVALID = "ST202", "ST201"

# A document can say that a text is a time zone, but not which ones there are.
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia")
schemathesis.openapi.format("time-zone", strategies.sampled_from(ZONES))

STATE = {
    "cursor_invalid",
    "etag_mismatch",
    "order_too_large",
    "idempotency_key_reused",
    "insufficient_credits",
    "insufficient_scope",
    "other_currency",
    "subscription_too_large",
    "ttl_too_long",
}
"""Problems that depend on what is there, not on how the request is written."""

STATE_OF = {"createHold": {"customer_frozen"}, "recordUsage": {"customer_frozen"}}
"""Those of single operations: a frozen customer starts no work, and is refused nothing else."""

CONTENT = {"catalog_invalid", "page_count_failed", "unsupported_file_type"}
"""Problems of a file: to the schema, a catalog is a text and a document a string of bytes."""

UNITS = {
    ("/quantity", "malformed"),  # It, or `changes` and `pages`.
    ("/changes", "missing"),
    ("/pages", "missing"),
    ("/operation", "unknown"),  # The catalog has the operations, and their units.
    ("/operation", "missing"),
    ("/quantity", "out_of_range"),  # The ledger counts to 9.2 × 10^12 credits.
    ("/changes", "out_of_range"),
    ("/changes", "not_applicable"),
}
UNITS_OF_LINES = UNITS | {("/items", "out_of_range")} | {(f"/items/*{pointer}", code) for pointer, code in UNITS}
NO_CUSTOMER = {("/customer", "missing")}
"""Only a customer's own key need not name one."""

WANTED = NO_CUSTOMER | {
    ("/pack", "missing"),  # It or `packs`.
    ("/packs", "malformed"),
    ("/quantity", "malformed"),
    ("/packs/*/pack", "unknown"),  # The catalog has the packs.
    ("/payment", "unknown"),  # Only the operator takes payments outside.
    ("/payment_method", "malformed"),  # Only with `payment: saved`.
    ("/return_url", "malformed"),  # An address of the web.
    ("/expected_total/currency", "unknown"),
}
PAID = {
    ("/payment", "unknown"),  # Only the operator takes payments outside.
    ("/payment_method", "malformed"),  # Only with `payment: saved`.
    ("/return_url", "malformed"),  # An address of the web.
    ("/expected_total/currency", "unknown"),
}
PLAN = {("/plan", "unknown"), ("/plan", "missing")}
"""The catalog has the plans; a change names one, or a quantity."""
BILLING = {("/billing/tax_id", "malformed"), ("/billing/country", "unknown")}
"""Check digits, and the countries that there are."""

RULES = {
    "addPaymentMethod": {("/return_url", "malformed")},
    "agreeToAutoTopUp": {
        ("/pack", "unknown"),
        ("/packs/*/pack", "unknown"),
        ("/below", "out_of_range"),
        ("/amount/currency", "unknown"),
        ("/monthly_cap/currency", "unknown"),
        ("/amount", "out_of_range"),
        ("/monthly_cap", "out_of_range"),  # At least one purchase.
    },
    "advanceTestClock": {("/to", "too_small")},  # Clocks go forward.
    "applyCatalog": {("/If-Match", "malformed")},  # A catalog's ETag is its version.
    "captureHold": {("/quantity", "malformed"), ("/quantity", "out_of_range")},  # It or `items`; within the hold.
    "cancelSubscription": {("/refund", "malformed")},  # Only with `at: now`.
    "changeSubscription": PLAN | PAID,
    "createCustomer": {("/external_id", "malformed")} | BILLING,  # Not to be taken for an id of ours.
    "createEstimate": NO_CUSTOMER | UNITS_OF_LINES,
    "createGrant": {
        *((f"/{term}", "malformed") for term in ("amount", "source", "cost", "expires_at", "expires_after")),
        ("/amount", "missing"),  # A pack, or an amount with terms of its own.
        ("/amount", "out_of_range"),
        ("/cost/currency", "unknown"),
        ("/expires_at", "out_of_range"),
        ("/expires_after", "out_of_range"),
    },
    "createHold": {("/items", "malformed"), ("/estimate", "missing")} | NO_CUSTOMER | UNITS_OF_LINES,
    "createKey": {("/expires_after", "out_of_range")},
    "createOrder": WANTED,
    "createSubscription": NO_CUSTOMER | PLAN | PAID,
    "extendGrant": {("/expires_at", "out_of_range")},  # Ends are never moved forward.
    "getBalance": {("/at", "out_of_range")},  # Not before the customer was there.
    "getBreakage": {("/from", "out_of_range")},  # Not after `until`.
    "getRecognisedRevenue": {("/from", "out_of_range")},
    "getStatement": {("/from", "out_of_range")},  # Not after `until`.
    "pauseSubscription": {("/until", "too_small")},  # After the period's end.
    "paySubscription": PAID,
    "previewOrder": WANTED,
    "previewRefund": {("/credits", "out_of_range")},  # The ledger counts to 10^9 credits.
    "previewSubscription": NO_CUSTOMER | PLAN,
    "previewSubscriptionChange": PLAN,
    "recordUsage": NO_CUSTOMER | UNITS,
    "refundOrder": {("/credits", "out_of_range")},
    "requestQuote": NO_CUSTOMER | {("/credits", "out_of_range")},
    "reverseUsage": {("/quantity", "out_of_range")},  # No more than was charged.
    "rotateKey": {("/grace", "out_of_range")},
    "updateCustomer": BILLING,
    "upsertCustomer": {("/external_id", "malformed")} | BILLING,
}
"""Fields that a rule beyond the schema binds: by operation, where and what can be wrong."""

KEYS = (os.environ["FOLIO_OPERATOR_ID"], os.environ["FOLIO_CUSTOMER_KEY_ID"])
NOBODYS_KEY = "key_" + "0" * 32
NAMES = (CUSTOMER, os.environ["FOLIO_CUSTOMER_ID"])
"""What a path can call the customer with the key."""


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure is one."""
    if failure.code == REJECTED_VALID:
        return not is_beyond_schema(case, response)
    if failure.code == ACCEPTED_INVALID and operation_of(case) == "recordUsageBatch":
        return not refused_line_by_line(response)
    return True


def is_beyond_schema(case, response):
    problem, operation = response.json(), operation_of(case)
    if problem["code"] in STATE | CONTENT | STATE_OF.get(operation, set()):
        return True
    rules = RULES.get(operation, set())
    errors = {(re.sub(r"/\d+", "/*", error["pointer"]), error["code"]) for error in problem.get("errors", [])}
    return bool(errors) and all(error in rules or is_of_a_key(*error) for error in errors)


def is_of_a_key(pointer, code):
    """The format in version 3.0 describes an object's values, not its keys."""
    return "/metadata/" in pointer and code in ("malformed", "too_long")


def refused_line_by_line(response):
    """What is wrong with one line of a batch is that line's outcome (R43)."""
    return response.status_code == 200 and response.json()["refused"] > 0


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps what the tool calls with: its keys are not revoked or replaced, the customer of one is not frozen."""
    path = case.path_parameters or {}
    if path.get("key") in KEYS:
        path["key"] = NOBODYS_KEY
    if operation_of(case) in ("freezeCustomer", "unfreezeCustomer") and path.get("customer") in NAMES:
        path["customer"] = SPARE


def operation_of(case):
    return case.operation.definition.raw["operationId"]
