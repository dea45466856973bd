//! The stable error codes: one table for the answers, the published document and the pages under `/errors` (R43).

use poem::http::StatusCode;

/// Which operations can answer with a code. What the foundation answers by itself is told from what an
/// operation takes; only [`On::Declared`] codes have to be declared where they are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// All of them.
    Every,
    /// Those that take a key.
    Keyed,
    /// Those that take parameters or a body.
    Input,
    /// Those that take JSON.
    Json,
    /// Those that take a body.
    Body,
    /// Those that take an `Idempotency-Key`.
    Idempotent,
    /// Those that must come with one.
    Command,
    /// Those that take a `cursor`.
    Listing,
    /// Those that declare it.
    Declared,
    /// None: it tells that no operation was found.
    Unrouted,
}

macro_rules! codes {
    ($($name:ident $word:literal $status:literal $on:ident $title:literal: $means:literal $remedy:literal;)*) => {
        /// A stable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// What callers match on.
            #[must_use]
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The HTTP status it comes with.
            #[must_use]
            pub(crate) const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A short name for people.
            #[must_use]
            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What has happened.
            #[must_use]
            pub(crate) const fn means(self) -> &'static str {
                match self { $(Self::$name => $means,)* }
            }

            /// What to do about it.
            #[must_use]
            pub(crate) const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }

            /// Which operations can answer with it.
            #[must_use]
            pub(crate) const fn on(self) -> On {
                match self { $(Self::$name => On::$on,)* }
            }
        }
    };
}

codes! {
    InvalidRequest "invalid_request" 400 Input "Invalid request":
        "A parameter, a header or the request as a whole makes no sense."
        "Read `detail` and `errors`, correct the request and send it again.";
    MalformedJson "malformed_json" 400 Json "Malformed JSON":
        "The body is empty, not UTF-8 or not JSON."
        "Send one JSON object. `detail` names the line and column where reading stopped.";
    IdempotencyKeyRequired "idempotency_key_required" 400 Command "Idempotency key required":
        "This call moves credits or money and came without an `Idempotency-Key` header."
        "Send a fresh random key with each new intent, and the same key with each retry of it.";
    PageCountFailed "page_count_failed" 400 Declared "Page count failed":
        "The pages of a file could not be counted: it is damaged, locked or not what it says. Nothing was charged."
        "Open the file in a viewer and save it again without a password, or send the number of pages yourself.";
    UnsupportedFileType "unsupported_file_type" 400 Declared "Unsupported file type":
        "Pages of files of this type cannot be counted."
        "Convert the file to PDF or to a picture, or send the number of pages yourself.";
    InvalidEvent "invalid_event" 400 Declared "Invalid event":
        "The payment provider's event is not signed with the configured secret, is too old, or is none."
        "Compare the webhook secret with the provider's.";
    CursorInvalid "cursor_invalid" 400 Listing "Invalid cursor":
        "The `cursor` is not one that this list gave out."
        "Start without a cursor, and pass on `next_cursor` as it is, with the same filters.";

    Unauthenticated "unauthenticated" 401 Keyed "Unauthenticated":
        "There is no key in the request, or nobody has this key."
        "Send `Authorization: Bearer <key>`, or `X-API-Key: <key>`. Look for a cut or quoted key.";
    KeyRevoked "key_revoked" 401 Keyed "Key revoked":
        "The key was revoked."
        "Use the key that replaced it, or make a new one.";
    KeyExpired "key_expired" 401 Keyed "Key expired":
        "The key's time is over."
        "Make a new key.";

    InsufficientCredits "insufficient_credits" 402 Declared "Insufficient credits":
        "The work needs more credits than are available. Nothing was started and nothing was charged."
        "Buy what `suggested_packs` names, or upgrade the plan, then send the same request again.";
    PaymentDeclined "payment_declined" 402 Declared "Payment declined":
        "The payment was declined."
        "Use another payment method.";
    PaymentRequiresAction "payment_requires_action" 402 Declared "Payment requires action":
        "The bank wants the customer to confirm the payment."
        "Send the customer to the checkout page to confirm it.";

    InsufficientScope "insufficient_scope" 403 Keyed "Insufficient scope":
        "The key may not do this."
        "Use a key with the scope that `detail` names, or an operator key where one is needed.";
    TestModeOnly "test_mode_only" 403 Declared "Test mode only":
        "This exists in test mode only, and the key belongs to a live tenant."
        "Use the key of a test tenant.";
    CustomerFrozen "customer_frozen" 403 Declared "Customer frozen":
        "The customer is frozen and cannot start work."
        "Settle what is open, then unfreeze the customer.";

    NotFound "not_found" 404 Unrouted "Not found":
        "There is nothing at this address."
        "Compare the path with the API reference under /docs.";
    CustomerNotFound "customer_not_found" 404 Declared "Customer not found":
        "There is no such customer for this key."
        "Check the id or the external id, and that the key belongs to the same tenant.";
    GrantNotFound "grant_not_found" 404 Declared "Grant not found":
        "There is no such grant for this key."
        "Check the id, and that the key belongs to the same tenant.";
    HoldNotFound "hold_not_found" 404 Declared "Hold not found":
        "There is no such hold for this key."
        "Check the id, and that the key belongs to the same tenant.";
    ItemNotFound "item_not_found" 404 Declared "Item not found":
        "The hold has no such item."
        "Items are counted from 0, in the order in which the hold names them.";
    UsageNotFound "usage_not_found" 404 Declared "Usage not found":
        "There is no such usage for this key."
        "Check the id, and that the key belongs to the same tenant.";
    EntryNotFound "entry_not_found" 404 Declared "Entry not found":
        "There is no such ledger entry for this key."
        "Check the id, and that the key belongs to the same tenant.";
    EstimateNotFound "estimate_not_found" 404 Declared "Estimate not found":
        "There is no such estimate for this key."
        "Check the id, or make a new estimate.";
    OperationNotFound "operation_not_found" 404 Declared "Operation not found":
        "The catalog has no such operation."
        "List the operations of the catalog in force.";
    PackNotFound "pack_not_found" 404 Declared "Pack not found":
        "The catalog has no such pack for this customer."
        "List the packs of the catalog in force.";
    PlanNotFound "plan_not_found" 404 Declared "Plan not found":
        "The catalog has no such plan."
        "List the plans of the catalog in force.";
    CatalogNotFound "catalog_not_found" 404 Declared "Catalog not found":
        "There is no such version of the catalog."
        "List the versions.";
    KeyNotFound "key_not_found" 404 Declared "Key not found":
        "There is no such API key."
        "Send the key's public id (`key_…`), not its secret.";
    ClockNotFound "clock_not_found" 404 Declared "Test clock not found":
        "There is no such test clock."
        "Check the id, or make a new clock.";
    OrderNotFound "order_not_found" 404 Declared "Order not found":
        "There is no such order for this key."
        "Check the id, and that the key belongs to the same tenant.";
    PaymentNotFound "payment_not_found" 404 Declared "Payment not found":
        "There is no such payment for this key."
        "Check the id, and that the key belongs to the same tenant.";
    PaymentMethodNotFound "payment_method_not_found" 404 Declared "Payment method not found":
        "The customer has no such payment method."
        "List the customer's payment methods.";
    SubscriptionNotFound "subscription_not_found" 404 Declared "Subscription not found":
        "There is no such subscription for this key."
        "Check the id, and that the key belongs to the same tenant.";
    InvoiceNotFound "invoice_not_found" 404 Declared "Invoice not found":
        "There is no such invoice for this key."
        "Check the id, and that the key belongs to the same tenant.";
    CreditNoteNotFound "credit_note_not_found" 404 Declared "Credit note not found":
        "There is no such credit note for this key."
        "Check the id, and that the key belongs to the same tenant.";
    WebhookEndpointNotFound "webhook_endpoint_not_found" 404 Declared "Webhook endpoint not found":
        "There is no such webhook endpoint."
        "List the webhook endpoints.";
    EventNotFound "event_not_found" 404 Declared "Event not found":
        "There is no such event."
        "List the events.";

    MethodNotAllowed "method_not_allowed" 405 Unrouted "Method not allowed":
        "The address exists, but not for this method."
        "Use one of the methods that the `Allow` header names.";
    NotAcceptable "not_acceptable" 406 Declared "Not acceptable":
        "The answer does not exist in the form that the `Accept` header asks for."
        "Ask for one of the media types that the reference names.";
    RequestTimeout "request_timeout" 408 Body "Request timeout":
        "The body stopped arriving."
        "Send the request again, with the same idempotency key.";

    IdempotencyInProgress "idempotency_in_progress" 409 Declared "Still in progress":
        "The first request with this idempotency key is still running."
        "Wait a moment and send the same request again.";
    ExternalIdTaken "external_id_taken" 409 Declared "External id taken":
        "Another customer has this external id."
        "Use the customer that has it, or another id.";
    EstimateExpired "estimate_expired" 409 Declared "Estimate expired":
        "The estimate's prices are no longer guaranteed."
        "Make a new estimate and start with that.";
    HoldExpired "hold_expired" 409 Declared "Hold expired":
        "The hold lapsed too long ago: what it held has been given back."
        "Record the work as usage, or place a new hold. Extend holds of long work in time.";
    HoldClosed "hold_closed" 409 Declared "Hold closed":
        "The hold was captured to the end or released."
        "Place a new hold for more work.";
    AboveHold "above_hold" 409 Declared "Above the hold":
        "The capture is larger than what is held, and the catalog rejects that."
        "Capture at most what is held, or place a larger hold.";
    AlreadyReversed "already_reversed" 409 Declared "Already reversed":
        "All of the usage has been given back before."
        "There is nothing more to do.";
    GrantClosed "grant_closed" 409 Declared "Grant closed":
        "The grant is used up, revoked or expired."
        "Make a new grant.";
    TooManyGrants "too_many_grants" 409 Declared "Too many grants":
        "The customer has as many open grants as a customer can have."
        "Use up or revoke some of them first.";
    AlreadyFrozen "already_frozen" 409 Declared "Already frozen":
        "The customer is frozen already."
        "There is nothing more to do.";
    NotFrozen "not_frozen" 409 Declared "Not frozen":
        "The customer is not frozen."
        "There is nothing more to do.";
    NotOffered "pack_not_offered" 409 Declared "Pack not offered":
        "The pack is private, and was not offered to this customer."
        "Choose a pack of the price list, or ask the operator to order it for the customer.";
    PriceChanged "price_changed" 409 Declared "Price changed":
        "The total is another one now than was shown. Nothing was ordered."
        "Preview the order again, show the new total, and order with that.";
    NothingSold "nothing_sold" 409 Declared "Nothing is sold":
        "The catalog in force names no seller to invoice from."
        "Add a `[seller]` to the catalog and apply it.";
    NoPaymentProvider "no_payment_provider" 409 Declared "No payment provider":
        "No payment provider is configured for tenants of this mode."
        "Configure one (see `folio serve --help`), or order with `payment: manual`.";
    OrderNotPaid "order_not_paid" 409 Declared "Order not paid":
        "The order is not paid, or all of it has been given back."
        "Look at its state.";
    NotRefundable "not_refundable" 409 Declared "Not refundable":
        "The rules give no money back for this. `detail` says why."
        "Ask the operator, who is not bound by the catalog's terms.";
    RefundUnderWay "refund_under_way" 409 Declared "Refund under way":
        "Another refund of the order is not finished."
        "Wait until it is, then look at the order again.";
    ConcurrentChange "concurrent_change" 409 Declared "Concurrent change":
        "Others were changing it at the same time, again and again."
        "Send the same request again, with the same idempotency key.";
    OrderNotOpen "order_not_open" 409 Declared "Order not open":
        "The order is paid, canceled or failed already."
        "Look at its state; make a new order where one is needed.";
    PlanNotOffered "plan_not_offered" 409 Declared "Plan not offered":
        "The plan is private, and was not offered to this customer; or it costs nothing, at first or always, of which \
         customers get one at a time."
        "Choose a plan of the list, and one of it, or ask the operator to put the customer on it.";
    AlreadySubscribed "already_subscribed" 409 Declared "Already subscribed":
        "The customer has a subscription that has not ended. A customer has one at a time."
        "Change that one; `detail` names it.";
    SamePlan "same_plan" 409 Declared "Same plan":
        "The plan and the number of seats are those that the subscription has."
        "Name another plan or another quantity.";
    OnlyAtPeriodEnd "only_at_period_end" 409 Declared "Only when the period ends":
        "This change cannot be had at once: it lowers the price or the credits but not both, or the periods differ."
        "Ask for it with `effective: period_end`.";
    ChangePending "change_pending" 409 Declared "Change pending":
        "Another change of the subscription waits for its payment."
        "Wait until it is paid, or resume the subscription: that calls the change off.";
    AlreadyScheduled "already_scheduled" 409 Declared "Already scheduled":
        "Another change, or a pause, is arranged for the period's end."
        "Resume the subscription: that takes back what is arranged. Then send the request again.";
    SubscriptionEnding "subscription_ending" 409 Declared "Subscription ending":
        "The subscription ends with its period."
        "Resume it first, then send the request again.";
    PaymentUnderWay "payment_under_way" 409 Declared "Payment under way":
        "A payment of the subscription is under way, or its outcome is not known yet."
        "Wait until it is decided: look at `due`, and at `order` for where the customer has to act.";
    WrongStatus "wrong_status" 409 Declared "Wrong status":
        "That cannot be done with a subscription in this status. `detail` names it."
        "Look at its `status`, and at what leads out of it.";
    RenewalDue "renewal_due" 409 Declared "Renewal due":
        "The period is over, and the subscription is being renewed."
        "Wait a moment, look at the subscription, then send the request again.";
    NothingToPay "nothing_to_pay" 409 Declared "Nothing to pay":
        "No charge of the subscription waits for a payment."
        "There is nothing more to do.";
    RefundNotForSubscriptions "refund_not_for_subscriptions" 409 Declared "Not for subscriptions":
        "The order is the charge of a subscription, and is not refunded by itself."
        "Change the subscription, or cancel it with `at: now` and `refund: true`: what is not used goes back.";
    DiffStale "diff_stale" 409 Declared "Stale":
        "Something else was published since you looked."
        "Look again at what is in force, and apply your change to that.";

    EtagMismatch "etag_mismatch" 412 Declared "Version mismatch":
        "`If-Match` names a version that is no longer the current one."
        "Read it again, and send its `ETag` with your change.";

    BodyTooLarge "body_too_large" 413 Body "Body too large":
        "The body is larger than this server takes."
        "Send less in one call: fewer items, fewer or smaller files.";
    BatchTooLarge "batch_too_large" 413 Declared "Batch too large":
        "There are more lines in the batch than one call takes."
        "Split the batch.";
    TooManyFiles "too_many_files" 413 Declared "Too many files":
        "There are more files than one call takes."
        "Split the files over several calls.";

    UnsupportedMediaType "unsupported_media_type" 415 Body "Unsupported media type":
        "The body's `Content-Type` is missing or not one that this operation takes."
        "Send `Content-Type: application/json`, or what the reference names for this operation.";

    ValidationFailed "validation_failed" 422 Input "Validation failed":
        "A field is missing, unknown or has a value that cannot be. Nothing was changed."
        "Each of `errors` points at a field and says what it must be.";
    IdempotencyKeyReused "idempotency_key_reused" 422 Idempotent "Idempotency key reused":
        "The key was used before, with another request."
        "Use a fresh key for a new intent; send a retry exactly as it was sent first.";
    CatalogInvalid "catalog_invalid" 422 Declared "Invalid catalog":
        "The catalog has flaws and was not applied."
        "Mend what `errors` point at.";
    OrderTooLarge "order_too_large" 422 Declared "Order too large":
        "More than one order may be of."
        "Order less, or in several orders.";
    SubscriptionTooLarge "subscription_too_large" 422 Declared "Subscription too large":
        "More than one subscription may be of."
        "Ask for fewer seats.";
    OtherCurrency "other_currency" 422 Declared "Other currency":
        "The plan has its price in another currency. A subscription stays in the one that it began in."
        "Choose a plan in the same currency, or cancel the subscription and begin another one.";
    TtlTooLong "ttl_too_long" 422 Declared "Ttl too long":
        "A hold may not live so long."
        "Ask for less, and extend the hold while the work goes on.";

    RateLimited "rate_limited" 429 Keyed "Rate limited":
        "The key made more calls than it may in a minute."
        "Wait as many seconds as `Retry-After` says.";

    Internal "internal" 500 Every "Internal error":
        "Something failed on our side. It has been logged under the request id."
        "Send the same request again with the same idempotency key; report the request id if it stays.";
    Unavailable "unavailable" 503 Every "Unavailable":
        "The server cannot do this right now. Nothing was changed."
        "Wait as many seconds as `Retry-After` says, then send the same request again.";
    OutcomeUnknown "outcome_unknown" 503 Idempotent "Outcome unknown":
        "The store failed while writing: whether the effect took place is not known yet."
        "Send the same request with the same idempotency key: it answers what happened, and never doubles it.";
}

impl Code {
    /// The code with this word.
    #[must_use]
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word() == word)
    }

    /// Its status, as the HTTP library writes it.
    #[must_use]
    pub(crate) fn status_code(self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Its place in a set of codes.
    const fn bit(self) -> u128 {
        1 << self as u32
    }
}

/// A set of codes, as a number that a type can carry.
#[must_use]
pub(crate) const fn set_of(codes: &[Code]) -> u128 {
    let mut set = 0;
    let mut place = 0;
    while place < codes.len() {
        set |= codes[place].bit();
        place += 1;
    }
    set
}

/// The codes of a set, in the order of the table.
pub(crate) fn members(set: u128) -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(move |code| set & code.bit() != 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn r43_every_code_has_its_own_word_and_an_error_status() {
        let words: BTreeSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(Code::ALL.len() <= 128, "a set of codes is a u128");
        for code in Code::ALL {
            assert_eq!(Code::from_word(code.word()), Some(*code));
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert_eq!(code.status_code().as_u16(), code.status());
        }
    }

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        let set = set_of(&[Code::HoldClosed, Code::InvalidRequest, Code::OutcomeUnknown]);
        assert_eq!(members(set).collect::<Vec<_>>(), [Code::InvalidRequest, Code::HoldClosed, Code::OutcomeUnknown]);
        assert_eq!(members(set_of(&[])).count(), 0);
    }
}
