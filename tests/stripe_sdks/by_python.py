"""What Stripe's own client for Python makes of the stub."""

import http.server
import json
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request

import stripe

SECRET = "whsec_judges"

DECLINES = {
    "pm_card_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": ("card_declined", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": ("card_declined", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", None),
    "pm_card_chargeDeclinedIncorrectCvc": ("incorrect_cvc", None),
    "pm_card_chargeDeclinedProcessingError": ("processing_error", None),
}


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Puts deliveries into a queue."""

    deliveries = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.deliveries.put((self.headers["Stripe-Signature"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def judge(url, key):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as endpoint:
        threading.Thread(target=endpoint.serve_forever).start()
        try:
            hook = {"url": f"http://127.0.0.1:{endpoint.server_port}/hook", "secret": SECRET}
            request = urllib.request.Request(f"{url}/_stub/script", json.dumps({"webhook": hook}).encode())
            request.add_header("Authorization", f"Bearer {key}")
            urllib.request.urlopen(request).close()
            client = stripe.StripeClient(key, base_addresses={"api": url}, max_network_retries=0)
            other = stripe.StripeClient("sk_test_other", base_addresses={"api": url})
            refused(stripe.AuthenticationError, lambda: other.v1.customers.list())
            customer = customers(client)
            cards(client, customer)
            intents(client, customer)
            sessions(client, customer)
            refunds(client)
            deliveries(client)
        finally:
            endpoint.shutdown()


def refused(error, call):
    try:
        call()
    except error as caught:
        return caught
    raise AssertionError(f"no {error.__name__}")


def customers(client):
    made = client.v1.customers.create(
        {"name": "Example GmbH", "email": "pay@example.com", "metadata": {"order id": "1 & 2"}},
        {"idempotency_key": "customer"},
    )
    again = client.v1.customers.create(
        {"name": "Example GmbH", "email": "pay@example.com", "metadata": {"order id": "1 & 2"}},
        {"idempotency_key": "customer"},
    )
    assert (made.id, made.metadata["order id"]) == (again.id, "1 & 2"), (made, again)
    refused(
        stripe.IdempotencyError, lambda: client.v1.customers.create({"name": "Other"}, {"idempotency_key": "customer"})
    )
    changed = client.v1.customers.update(made.id, {"name": "Example AG"})
    assert (changed.name, changed.email) == ("Example AG", "pay@example.com"), changed
    assert client.v1.customers.retrieve(made.id).name == "Example AG"
    missing = refused(stripe.InvalidRequestError, lambda: client.v1.customers.retrieve("cus_nobody"))
    assert (missing.http_status, missing.code) == (404, "resource_missing"), missing
    return made.id


def cards(client, customer):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "314"}
    method = client.v1.payment_methods.create({"type": "card", "card": card})
    assert (method.card.last4, method.card.brand, method.customer) == ("4242", "visa", None), method
    client.v1.payment_methods.attach(method.id, {"customer": customer})
    client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    listed = client.v1.payment_methods.list({"customer": customer, "type": "card"})
    assert [found.card.brand for found in listed] == ["mastercard", "visa"], listed
    pages = client.v1.customers.payment_methods.list(customer, {"limit": 1}).auto_paging_iter()
    assert [found.id for found in pages] == [found.id for found in listed]
    refused(stripe.CardError, lambda: client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer}))
    assert client.v1.payment_methods.detach(method.id).customer is None
    refused(stripe.InvalidRequestError, lambda: client.v1.payment_methods.attach(method.id, {"customer": customer}))
    setup = client.v1.setup_intents.create({"customer": customer, "payment_method": "pm_card_visa", "confirm": True})
    assert setup.status == "succeeded", setup


def intents(client, customer):
    ask = {"amount": 1900, "currency": "usd", "payment_method_types": ["card"], "metadata": {"order": "1"}}
    for token in ("pm_card_visa", "pm_card_visa_debit", "pm_card_mastercard", "pm_card_amex", "pm_card_createDispute"):
        made = client.v1.payment_intents.create(ask)
        assert made.status == "requires_payment_method", made
        paid = client.v1.payment_intents.confirm(made.id, {"payment_method": token, "expand": ["latest_charge"]})
        assert (paid.status, paid.amount_received, paid.latest_charge.paid) == ("succeeded", 1900, True), paid
    assert [dispute.payment_intent for dispute in client.v1.disputes.list()] == [paid.id]
    for token, (code, reason) in DECLINES.items():
        made = client.v1.payment_intents.create({**ask, "payment_method": token})
        assert made.status == "requires_confirmation", made
        declined = refused(stripe.CardError, lambda: client.v1.payment_intents.confirm(made.id))
        assert (declined.http_status, declined.code) == (402, code), declined.json_body
        assert declined.error.decline_code == reason, declined.json_body
        assert declined.error.payment_intent.id == made.id, declined.json_body
        left = client.v1.payment_intents.retrieve(made.id)
        assert (left.status, left.last_payment_error.code) == ("requires_payment_method", code), left
        paid = client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
        assert (paid.status, paid.last_payment_error) == ("succeeded", None), paid
    for token in ("pm_card_authenticationRequired", "pm_card_authenticationRequiredOnSetup"):
        back = {"payment_method": token, "confirm": True, "return_url": "https://shop.example/back"}
        asked = client.v1.payment_intents.create({**ask, **back})
        assert asked.status == "requires_action", asked
        landed = press(asked.next_action.redirect_to_url.url, action="confirm")
        assert landed == f"https://shop.example/back?payment_intent={asked.id}&redirect_status=succeeded", landed
        assert client.v1.payment_intents.retrieve(asked.id).status == "succeeded"
    absent = {**ask, "customer": customer, "payment_method": "pm_card_authenticationRequired"}
    absent = {**absent, "confirm": True, "off_session": True}
    asked = refused(stripe.CardError, lambda: client.v1.payment_intents.create(absent))
    assert asked.code == "authentication_required", asked.json_body
    canceled = client.v1.payment_intents.cancel(client.v1.payment_intents.create(ask).id)
    assert canceled.status == "canceled", canceled
    refused(stripe.InvalidRequestError, lambda: client.v1.payment_intents.confirm(canceled.id))
    assert [found.id for found in client.v1.payment_intents.list({"limit": 1})] == [canceled.id]


def sessions(client, customer):
    price = {"currency": "eur", "unit_amount": 950, "product_data": {"name": "Credits & more"}}
    ask = {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": "order 1",
        "line_items": [{"quantity": 2, "price_data": price}],
        "success_url": "https://shop.example/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/packs",
        "payment_intent_data": {"metadata": {"order": "1"}, "setup_future_usage": "off_session"},
    }
    opened = client.v1.checkout.sessions.create(ask)
    assert (opened.status, opened.payment_status, opened.amount_total) == ("open", "unpaid", 1900), opened
    landed = press(opened.url, action="pay", card="4242 4242 4242 4242", expiry="12/34")
    assert landed == f"https://shop.example/paid?session={opened.id}", landed
    paid = client.v1.checkout.sessions.retrieve(opened.id, {"expand": ["payment_intent"]})
    assert (paid.status, paid.payment_status) == ("complete", "paid"), paid
    assert (paid.payment_intent.status, paid.payment_intent.metadata["order"]) == ("succeeded", "1"), paid
    again = client.v1.checkout.sessions.create(ask)
    assert client.v1.checkout.sessions.expire(again.id).status == "expired"
    assert [found.id for found in client.v1.checkout.sessions.list({"customer": customer})] == [again.id, opened.id]


def refunds(client):
    paid = client.v1.payment_intents.create(
        {"amount": 1900, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    part = client.v1.refunds.create({"payment_intent": paid.id, "amount": 1000, "reason": "requested_by_customer"})
    assert (part.status, part.amount, part.charge) == ("succeeded", 1000, paid.latest_charge), part
    rest = client.v1.refunds.create({"charge": paid.latest_charge})
    assert rest.amount == 900, rest
    over = refused(stripe.InvalidRequestError, lambda: client.v1.refunds.create({"payment_intent": paid.id}))
    assert over.code == "charge_already_refunded", over.json_body
    assert [found.id for found in client.v1.refunds.list({"payment_intent": paid.id})] == [rest.id, part.id]


def deliveries(client):
    """Every event that is listed was delivered, with a signature that Stripe's client accepts."""
    listed = {event.id: event.type for event in client.v1.events.list({"limit": 100}).auto_paging_iter()}
    kinds = set(listed.values())
    wanted = {"checkout.session.completed", "payment_intent.succeeded", "refund.created", "charge.dispute.created"}
    assert wanted <= kinds, wanted - kinds
    delivered = {}
    while listed.keys() - delivered.keys():
        signature, body = Endpoint.deliveries.get(timeout=30)
        event = client.construct_event(body, signature, SECRET)
        delivered[event.id] = event.type
    assert delivered == listed
    other = lambda: client.construct_event(body, signature, "whsec_other")
    refused(stripe.SignatureVerificationError, other)
    assert client.v1.events.retrieve(event.id).type == event.type


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def press(page, **fields):
    """Presses a button of a hosted page: where that leads."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        opener.open(page, urllib.parse.urlencode(fields).encode())
    except urllib.error.HTTPError as answer:
        assert answer.status == 303, answer.read()
        return answer.headers["Location"]
    raise AssertionError("the page led nowhere")
