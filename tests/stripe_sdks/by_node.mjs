// What Stripe's own client for Node makes of the stub.

import assert from "node:assert/strict";
import http from "node:http";
import Stripe from "stripe";

const SECRET = "whsec_judges";
const [url, key] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const stripe = new Stripe(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0 });

const deliveries = [];
let arrived = () => {};
const endpoint = http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    deliveries.push([request.headers["stripe-signature"], body]);
    response.end();
    arrived();
  });
});
await new Promise((ready) => endpoint.listen(0, "127.0.0.1", ready));
const hook = { url: `http://127.0.0.1:${endpoint.address().port}/hook`, secret: SECRET };
const script = { method: "POST", headers: { Authorization: `Bearer ${key}` }, body: JSON.stringify({ webhook: hook }) };
assert.equal((await fetch(`${url}/_stub/script`, script)).status, 204);

const customer = await stripe.customers.create({ name: "Example GmbH", metadata: { "order id": "1 & 2" } });
assert.equal(customer.metadata["order id"], "1 & 2");
await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
const methods = await stripe.paymentMethods.list({ customer: customer.id, type: "card" }).autoPagingToArray({ limit: 10 });
assert.equal(methods.length, 1);

const ask = { amount: 1900, currency: "usd", customer: customer.id, payment_method_types: ["card"] };
const made = await stripe.paymentIntents.create(ask, { idempotencyKey: "node-order-1" });
assert.equal((await stripe.paymentIntents.create(ask, { idempotencyKey: "node-order-1" })).id, made.id);
const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: methods[0].id, expand: ["latest_charge"] });
assert.deepEqual([paid.status, paid.latest_charge.paid], ["succeeded", true]);

// Where there is no decline code, this client says "".
const declines = {
  pm_card_chargeDeclined: ["card_declined", "generic_decline"],
  pm_card_chargeDeclinedInsufficientFunds: ["card_declined", "insufficient_funds"],
  pm_card_chargeDeclinedExpiredCard: ["expired_card", ""],
  pm_card_chargeDeclinedProcessingError: ["processing_error", ""],
};
for (const [token, [code, reason]] of Object.entries(declines)) {
  const confirm = stripe.paymentIntents.create({ ...ask, payment_method: token, confirm: true });
  await assert.rejects(confirm, (error) => {
    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.deepEqual([error.code, error.decline_code], [code, reason]);
    assert.equal(error.payment_intent.status, "requires_payment_method");
    return true;
  });
}
const asked = await stripe.paymentIntents.create({
  ...ask, payment_method: "pm_card_authenticationRequired", confirm: true, return_url: "https://shop.example/back",
});
assert.equal(asked.status, "requires_action");

const session = await stripe.checkout.sessions.create({
  mode: "payment",
  customer: customer.id,
  line_items: [{ quantity: 1, price_data: { currency: "usd", unit_amount: 1900, product_data: { name: "Starter" } } }],
  success_url: "https://shop.example/paid",
  cancel_url: "https://shop.example/packs",
});
const form = new URLSearchParams({ action: "pay", card: "4242424242424242", expiry: "12/34" });
assert.equal((await fetch(session.url, { method: "POST", body: form, redirect: "manual" })).status, 303);
assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, "paid");

const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
assert.deepEqual([refund.status, refund.amount], ["succeeded", 500]);

const wanted = new Set(["checkout.session.completed", "refund.created"]);
const listed = await stripe.events.list({ limit: 100 });
for (const kind of wanted) assert.ok(listed.data.some((event) => event.type === kind), kind);
const deadline = setTimeout(() => assert.fail(`never delivered: ${[...wanted]}`), 30_000);
while (wanted.size) {
  if (!deliveries.length) await new Promise((ready) => (arrived = ready));
  const [signature, body] = deliveries.shift();
  wanted.delete(stripe.webhooks.constructEvent(body, signature, SECRET).type);
  assert.throws(() => stripe.webhooks.constructEvent(`${body} `, signature, SECRET));
}
clearTimeout(deadline);
endpoint.closeAllConnections();
endpoint.close();
