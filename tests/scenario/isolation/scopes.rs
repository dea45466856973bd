//! Every call needs its scope, and nothing beside it.

use folio_tests::{Caller, House, on_both};

use super::{CUSTOMERS_ONLY, SCOPES, call};
use crate::furnished::{Furnished, Operation};

on_both! { "perfectparser":
    r42_every_call_needs_its_scope_and_no_more,
    r42_every_call_of_a_customer_needs_its_scope_and_no_more,
    r42_a_customers_key_with_every_scope_is_no_operators,
}

/// Calls by the scope that they need; none needs nothing. Making and replacing a key that reads needs two: `keys`, and
/// what that key may do.
const NEEDED: [(&str, &str); 8] = [
    (
        "read",
        "advisePacks createKey diffCatalog explainUsage getAutoTopUp getBalance getBreakage getCatalog
        getCatalogVersion getCreditNote getCreditNotePdf getCredits getCustomer getDeferredRevenue getEntry getGrant
        getHold getInvoice getInvoicePdf getMe getOrder getRecognisedRevenue getStatement getSubscription getUsage
        listCatalogVersions listCreditNotes listCustomers listEntries listEvents listGrants listHolds listInvoices
        listMails listOperations listOrders listPacks listPaymentMethods listPlans listSubscriptions listUsage
        previewMail previewOrder previewRefund previewSubscription previewSubscriptionChange rotateKey validateCatalog",
    ),
    ("meter", "captureHold createEstimate createHold extendHold recordUsage recordUsageBatch releaseHold"),
    ("customers", "createCustomer freezeCustomer unfreezeCustomer updateCustomer upsertCustomer"),
    ("grants", "createGrant extendGrant reverseUsage revokeGrant"),
    ("catalog", "applyCatalog"),
    ("keys", "createKey listKeys revokeKey rotateKey"),
    ("test", "advanceTestClock createTestClock getTestClock listTestClocks"),
    (
        "orders",
        "addPaymentMethod agreeToAutoTopUp cancelOrder cancelSubscription changeSubscription createOrder
        createSubscription markOrderPaid pauseSubscription paySubscription refundOrder removePaymentMethod requestQuote
        resumeSubscription withdrawFromAutoTopUp",
    ),
];

async fn r42_every_call_needs_its_scope_and_no_more(house: &House) {
    for operation in Furnished::of(house).await.operations().await {
        let needed = needed(&operation.id);
        if CUSTOMERS_ONLY.contains(&operation.id.as_str()) {
            continue;
        }
        let mut here = Furnished::of(house).await;
        here.ready(&operation).await;
        for scope in &needed {
            refuses(&house.operator_with(&all_but(scope)).await, &here, &operation, scope).await;
        }
        lets_in(&house.operator_with(&needed).await, &here, &operation).await;
    }
}

async fn r42_every_call_of_a_customer_needs_its_scope_and_no_more(house: &House) {
    let calls = Furnished::of(house).await.operations().await;
    for operation in calls.iter().filter(|operation| operation.for_customers) {
        // What a job would cost, customers may ask who only read.
        let needed = if operation.id == "createEstimate" { vec!["read"] } else { needed(&operation.id) };
        let mut here = Furnished::of(house).await;
        here.ready(operation).await;
        for scope in &needed {
            refuses(&here.customer.key(&all_but(scope)).await, &here, operation, scope).await;
        }
        lets_in(&here.customer.key(&needed).await, &here, operation).await;
    }
}

async fn r42_a_customers_key_with_every_scope_is_no_operators(house: &House) {
    let here = Furnished::of(house).await;
    let own = here.customer.key(&SCOPES).await;
    for operation in here.operations().await.iter().filter(|operation| !operation.for_customers) {
        let problem = call(&own, &here, operation).await.refused(403, "insufficient_scope");
        assert_eq!(problem["detail"], "This call needs an operator's key.", "{}", operation.id);
    }
}

fn needed(operation: &str) -> Vec<&'static str> {
    let names_it = |calls: &str| calls.split_whitespace().any(|call| call == operation);
    let scopes: Vec<_> = NEEDED.iter().filter(|(_, calls)| names_it(calls)).map(|(scope, _)| *scope).collect();
    assert!(!scopes.is_empty(), "{operation}: tell the tests which scope it needs");
    scopes
}

fn all_but(scope: &str) -> Vec<&'static str> {
    SCOPES.into_iter().filter(|other| *other != scope).collect()
}

async fn refuses(caller: &Caller, here: &Furnished, operation: &Operation, scope: &str) {
    let problem = call(caller, here, operation).await.refused(403, "insufficient_scope");
    assert_eq!(problem["detail"], format!("The key lacks the scope `{scope}`."), "{}", operation.id);
}

async fn lets_in(caller: &Caller, here: &Furnished, operation: &Operation) {
    let answer = call(caller, here, operation).await;
    assert!([200, 201, 202].contains(&answer.status), "{}: {} {}", operation.id, answer.status, answer.text());
}
