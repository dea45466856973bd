//! `folio books verify`: what was sold adds up, and each kind of damage is found (R36, R37).

use folio_tests::{Shop, Store, on_both};
use serde_json::{Value, json};

use crate::reports::figures;

on_both! {
    r37_books_that_agree_are_verified,
    r37_each_kind_of_damage_is_found,
    r37_a_refund_counts_from_the_instant_at_which_its_credits_were_taken,
}

const VERIFY: [&str; 2] = ["books", "verify"];

/// A shop that has sold two packs to one customer and taken a part of the first back; a third order waits.
async fn busy(store: Store) -> (Shop, [Value; 3]) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let first = shop.sold(&ada, "starter").await;
    let second = shop.sold(&ada, "small").await;
    ada.charged("extract", 10).await;
    let first = shop.on_order(&first, "refunds", &json!({"credits": "40"})).await.is(201);
    let third = shop.order(&ada, "starter").await;
    shop.mails(3).await;
    (shop, [first, second, third])
}

async fn r37_books_that_agree_are_verified(store: Store) {
    let (shop, _) = busy(store).await;
    let all = shop.server.folio(&VERIFY).json(0);
    let counted = json!({"verified": true, "orders": 3, "documents": 3, "grants": 2, "found": 0, "findings": []});
    assert_eq!(all, counted);
    // Disputed as soon as it is paid, and a refund that comes to nothing.
    let bob = shop.house.sign_up(&json!({})).await;
    let order = shop.order(&bob, "starter").await;
    assert_eq!(shop.pay(&order, "4000000000000259").await.status, 200);
    shop.reaches(&order, "disputed").await;
    let all = shop.server.folio(&[&VERIFY[..], &["--tenant", &shop.house.tenant]].concat()).json(0);
    assert_eq!((&all["verified"], &all["documents"]), (&json!(true), &json!(5)));
    let nobody = shop.server.folio(&[&VERIFY[..], &["--tenant", "nobody"]].concat());
    assert_eq!(nobody.code, 1, "{}", nobody.err);
}

/// What is changed, in which row, from what to what; and what is told, of which id.
type Damage<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str);

async fn r37_each_kind_of_damage_is_found(store: Store) {
    let (shop, [first, second, third]) = busy(store).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let [one, two, open] = [&first, &second, &third].map(|order| text(&order["id"]));
    let [invoice, other] = [&first, &second].map(|order| text(&order["invoice"]));
    let note = text(&first["refunds"][0]["credit_note"]);
    let grant = text(&first["grants"][0]);
    let [refunded, paid, pending] = ["partly_refunded", "paid", "pending"].map(|status| format!("status = '{status}'"));
    let (named, noted) = (format!("\"invoice\":\"{other}\","), format!("\"credit_note\":\"{note}\","));
    let missing = other.replace("000002", "000003");
    let damages: [Damage; 20] = [
        ("orders.body", &paid, r#""gross":[3900,"#, r#""gross":[3901,"#, &two, "its net amount and tax"),
        ("orders.body", &paid, r#""amount":[3900,"#, r#""amount":[3800,"#, &two, "was paid"),
        ("orders.body", &paid, r#""gross":[3900,"#, r#""gross":[3901,"#, &two, "its invoice"),
        ("orders.body", &paid, r#""status":"paid""#, r#""status":"open""#, &two, "is open, and was paid"),
        ("orders.body", &pending, r#""status":"pending""#, r#""status":"paid""#, &open, "was never paid"),
        ("orders.body", &paid, r#""grants":[3],"#, "", &two, "has no credits"),
        ("orders.body", &paid, &named, "", &two, "has no invoice"),
        (
            "orders.body",
            &pending,
            r#""asked":"#,
            &format!("{named}\"asked\":"),
            &open,
            "never paid, and has credits or",
        ),
        ("orders.body", &refunded, r#""refunded":[760,"#, r#""refunded":[761,"#, &one, "its refunds say"),
        ("orders.body", &refunded, r#""gross":[760,"#, r#""gross":[761,"#, &one, "its credit note"),
        ("orders.body", &refunded, &noted, "", &one, "no credit note of its refund"),
        ("orders.body", &refunded, &noted, "", &note, "does not name it"),
        ("orders.body", &refunded, r#""status":"settled""#, r#""status":"failed""#, &one, "gave nothing back"),
        ("orders.body", &refunded, r#""net":[760,"#, r#""net":[761,"#, &grant, "do not bear"),
        ("orders.body", &refunded, "{", "?", &one, "cannot be read"),
        ("documents.body", "number = 2", "{", "?", &other, "cannot be read"),
        ("outbox.id", &format!("id = '{other}'"), "INV", "OUT", &other, "was not mailed"),
        ("grants.cost_minor", "number = 3", "+ 1", "- 1", &two, "has grants for"),
        ("grants.revoked", "number = 3", "+ 1", "- 1", &grant.replace("_2", "_3"), "not told as its journal adds up"),
        ("series.last", "series = 'INV'", "+ 1", "- 1", &missing, "numbers were given until 3"),
    ];
    for (column, row, from, to, id, what) in damages {
        let (table, column) = column.split_once('.').expect("a column");
        let change = |from: &str, to: &str| {
            let changed = match from {
                "+ 1" | "- 1" => format!("{column} {from}"),
                _ => format!("REPLACE({column}, '{from}', '{to}')"),
            };
            format!("UPDATE {table} SET {column} = {changed} WHERE {row}")
        };
        shop.run(&format!("CREATE TABLE kept AS SELECT {column} AS it FROM {table} WHERE {row}")).await;
        shop.change(&change(from, to)).await;
        assert_found(&shop, id, what);
        let row = row.replace(&other, &other.replace("INV", "OUT"));
        let back = format!("UPDATE {table} SET {column} = (SELECT it FROM kept) WHERE {row}");
        shop.change(&back).await;
        shop.run("DROP TABLE kept").await;
    }
    assert_eq!(shop.server.folio(&VERIFY).json(0)["verified"], true);
    shop.change("UPDATE documents SET number = 9 WHERE series = 'INV' AND number = 1").await;
    assert_found(&shop, &invoice, "is missing");
    assert_found(&shop, &one, "which is not there");
    assert_found(&shop, &invoice.replace("000001", "000009"), "numbers were given until 2");
    shop.change("UPDATE documents SET number = 1 WHERE series = 'INV' AND number = 9").await;
    shop.change("UPDATE entries SET available = available + 1 WHERE kind = 'revoke'").await;
    let found = shop.server.folio(&VERIFY).json(4);
    let bad = found["findings"].as_array().expect("findings");
    assert!(bad.iter().any(|finding| finding["what"].as_str().is_some_and(|what| what.contains("ledger verify"))));
    shop.change("UPDATE entries SET available = available - 1 WHERE kind = 'revoke'").await;
    shop.change(&format!("UPDATE orders SET in_reports = FALSE WHERE {refunded}")).await;
    assert_found(&shop, &one, "reports tell of 0");
}

fn assert_found(shop: &Shop, id: &str, what: &str) {
    let found = shop.server.folio(&VERIFY).json(4);
    assert_eq!(found["verified"], false);
    let findings = found["findings"].as_array().expect("findings");
    let told = |finding: &Value| finding["id"] == id && finding["what"].as_str().is_some_and(|it| it.contains(what));
    assert!(findings.iter().any(told), "{what:?} of {id}: {found}");
}

async fn r37_a_refund_counts_from_the_instant_at_which_its_credits_were_taken(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.sold(&ada, "starter").await;
    ada.charged("extract", 10).await;
    shop.on_order(&order, "refunds", &json!({"credits": "40"})).await.is(201);
    shop.on_order(&order, "refunds", &json!({})).await.is(201);
    let revoked = shop.house.operator.walk("/v1/ledger/entries?kind=revoke&order=asc").await;
    let ask = async |path: &str| figures(&shop.house.operator.get(path).await.is(200)["totals"][0]);
    let at =
        |entry: usize| format!("/v1/reports/deferred_revenue?at={}", revoked[entry]["at"].as_str().expect("a time"));
    assert_eq!(ask(&at(0)).await, [1_900, 190, 0, 760, 950]);
    assert_eq!(ask(&at(1)).await, [1_900, 190, 0, 1_710, 0]);
    assert_eq!(ask("/v1/reports/deferred_revenue").await, [1_900, 190, 0, 1_710, 0]);
    let until = revoked[0]["at"].as_str().expect("a time");
    let before = format!("/v1/reports/recognised_revenue?from=2020-01-01T00:00:00Z&until={until}");
    assert_eq!(ask(&before).await, [1_900, 190, 0, 0, 1_710]);
    let after = format!("/v1/reports/recognised_revenue?from={until}&until=2099-01-01T00:00:00Z");
    assert_eq!(ask(&after).await, [0, 0, 0, 1_710, -1_710]);
}
