//! `folio invoices export`: the documents of the books as files, no more and no fewer (R36).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use folio_tests::{Customer, House, Ran, Server, Shop, Store, on_both};
use serde_json::json;

on_both! {
    r36_an_export_holds_the_documents_of_the_books,
    r36_an_export_adds_what_is_new_and_replaces_nothing,
    r36_an_export_of_a_time_begins_with_a_day_and_ends_before_one,
    an_export_that_cannot_be_is_refused,
}

fn export(server: &Server, house: &House, to: &Path, more: &[&str]) -> Ran {
    let to = to.to_str().expect("a path");
    server.folio(&[&["invoices", "export", "--tenant", &house.tenant, "--to", to], more].concat())
}

/// The files of a directory, by name.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(directory).expect("a directory").map(|file| file.expect("a file"));
    files.map(|file| (file.file_name().into_string().expect("a name"), fs::read(file.path()).expect("read"))).collect()
}

/// Both files of these documents.
fn names(numbers: &[&str]) -> Vec<String> {
    numbers.iter().flat_map(|number| [format!("{number}.pdf"), format!("{number}.xml")]).collect()
}

async fn r36_an_export_holds_the_documents_of_the_books(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let first = shop.sold(&ada, "starter").await;
    shop.sold(&ada, "small").await;
    shop.on_order(&first, "refunds", &json!({"credits": "40"})).await.is(201);
    shop.order(&ada, "medium").await;
    // Someone else's stay where they are.
    let other = House::on(&shop.server, store, "perfectparser");
    other.customer().await.buy("starter").await;
    let directory = tempfile::tempdir().expect("a directory");
    let to = directory.path().join("books/2026");
    let told = export(&shop.server, &shop.house, &to, &[]).json(0);
    assert_eq!((&told["documents"], &told["written"], &told["pages"]), (&json!(3), &json!(3), &json!(3)), "{told}");
    assert!(told["pages_per_second"].as_f64() > Some(0.0) && told["pdf_milliseconds"]["p50"].as_f64() > Some(0.0));
    let mut found = files(&to);
    for (path, notes) in [("invoices", false), ("credit_notes", true)] {
        let documents = shop.house.operator.walk(&format!("/v1/{path}")).await;
        assert_eq!(documents.len(), if notes { 1 } else { 2 });
        for document in documents {
            let number = document["number"].as_str().expect("a number");
            let mailed = shop.house.operator.get(&format!("/v1/{path}/{number}/pdf")).await;
            assert_eq!(found.remove(&format!("{number}.pdf")).as_ref(), Some(&mailed.body), "{number}");
            let xml = found.remove(&format!("{number}.xml")).expect("an e-invoice");
            let xml = String::from_utf8(xml).expect("UTF-8");
            let kind = if notes { "381" } else { "380" };
            assert!(xml.contains(number) && xml.contains(&format!("<ram:TypeCode>{kind}</ram:TypeCode>")), "{xml}");
        }
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), Vec::<&String>::new());
}

async fn r36_an_export_adds_what_is_new_and_replaces_nothing(store: Store) {
    let house = &House::open(store, "perfectparser");
    let ada = house.customer().await;
    let first = sold(&ada).await;
    let directory = tempfile::tempdir().expect("a directory");
    let to = directory.path();
    let run = || export(house.server(), house, to, &[]);
    assert_eq!(run().json(0)["written"], 1);
    let before = files(to);
    assert_eq!((run().json(0)["written"].clone(), files(to)), (json!(0), before));
    let second = sold(&ada).await;
    fs::remove_file(to.join(format!("{first}.xml"))).expect("removed");
    let told = run().json(0);
    assert_eq!((&told["documents"], &told["written"]), (&json!(2), &json!(2)), "{told}");
    assert_eq!(files(to).into_keys().collect::<Vec<_>>(), names(&[&first, &second]));
    let pdf = to.join(format!("{first}.pdf"));
    fs::write(&pdf, "mine").expect("written");
    let refused = run();
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains(&format!("{first}.pdf is there already")), "{}", refused.err);
    assert_eq!(fs::read(&pdf).expect("read"), b"mine");
}

async fn r36_an_export_of_a_time_begins_with_a_day_and_ends_before_one(store: Store) {
    let house = &House::open(store, "perfectparser");
    let (ada, clock) = house.customer_at("2026-05-31T23:59:59.999Z").await;
    let may = sold(&ada).await;
    clock.advance("2026-06-01T00:00:00Z").await;
    let june = sold(&ada).await;
    clock.advance("2026-06-02T00:00:00Z").await;
    let later = sold(&ada).await;
    for (more, expected) in [
        (&["--from", "2026-06-01", "--until", "2026-06-02"][..], names(&[&june])),
        (&["--until", "2026-06-01"], names(&[&may])),
        (&["--from", "2026-06-02"], names(&[&later])),
        (&["--from", "2026-06-03"], Vec::new()),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let told = export(house.server(), house, directory.path(), more).json(0);
        assert_eq!(told["documents"], expected.len() / 2, "{more:?}");
        assert_eq!(files(directory.path()).into_keys().collect::<Vec<_>>(), expected, "{more:?}");
    }
}

async fn an_export_that_cannot_be_is_refused(store: Store) {
    let house = &House::open(store, "perfectparser");
    sold(&house.customer().await).await;
    let directory = tempfile::tempdir().expect("a directory");
    let to = directory.path();
    for more in
        [&["--from", "2026-06-01", "--until", "2026-06-01"][..], &["--from", "June"], &["--until", "2026-02-30"]]
    {
        assert_eq!(export(house.server(), house, to, more).code, 2, "{more:?}");
    }
    let occupied = to.join("a file");
    fs::write(&occupied, "").expect("written");
    let refused = export(house.server(), house, &occupied, &[]);
    assert!(refused.code == 1 && refused.err.contains("cannot make the directory"), "{}", refused.err);
    let nobody = House { tenant: "nobody".to_owned(), operator: house.operator.clone(), store };
    let refused = export(house.server(), &nobody, &to.join("new"), &[]);
    assert!(refused.code == 1 && refused.err.contains("there is no tenant \"nobody\""), "{}", refused.err);
    assert!(!to.join("new").exists());
}

/// Sells a pack; the invoice's number.
async fn sold(customer: &Customer) -> String {
    customer.buy("starter").await;
    let orders = customer.orders().await;
    orders.last().expect("an order")["invoice"].as_str().expect("a number").to_owned()
}
