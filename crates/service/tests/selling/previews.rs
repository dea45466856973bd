//! Mails shown before any is sent: written as mails are, about nobody (R36).

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use domain::Locale;
use folio_service::mail::{Template, preview};
use folio_service::{Context, Failure};
use ports::{Clock as _, Letter, Letterhead, Letters, Written};

use crate::subscriber::usd;
use crate::world::{CATALOG, World, all};

const PLANS: &str = include_str!("../../catalogs/flexocr.toml");

/// Keeps what it is given to write.
#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Option<(Letterhead, Letter)>>>);

impl Letters for Desk {
    fn write(&self, head: &Letterhead, letter: &Letter) -> Written {
        *self.0.lock().expect("a desk") = Some((head.clone(), letter.clone()));
        let word = template_of(letter).word().to_owned();
        Written { subject: word.clone(), text: word.clone(), html: word }
    }
}

/// Every letter has its template.
fn template_of(letter: &Letter) -> Template {
    match letter {
        Letter::Invoice { .. } => Template::Invoice,
        Letter::Refund { .. } => Template::Refund,
        Letter::PaymentFailed { .. } => Template::PaymentFailed,
        Letter::RenewalFailed { .. } => Template::RenewalFailed,
        Letter::SubscriptionEnded { .. } => Template::SubscriptionEnded,
        Letter::SubscriptionChangeFailed { .. } => Template::SubscriptionChangeFailed,
        Letter::QuoteRequest { .. } => Template::QuoteRequest,
    }
}

/// What a preview of it puts into words.
async fn shown(
    world: &World,
    template: Template,
    locale: Option<Locale>,
) -> Result<(Written, Letterhead, Letter), Failure> {
    let desk = Desk::default();
    let ctx = Context { letters: Arc::new(desk.clone()), ..world.ctx.clone() };
    let written = preview(&ctx, world.tenant.id, template, locale).await?;
    let (head, letter) = desk.0.lock().expect("a desk").take().expect("a letter");
    Ok((written, head, letter))
}

async fn letter(world: &World, template: Template) -> Letter {
    shown(world, template, None).await.expect("a preview").2
}

#[tokio::test]
async fn every_template_is_shown_in_every_locale_and_nothing_comes_of_it() {
    for catalog in [CATALOG, PLANS] {
        let world = World::selling(catalog).await;
        for template in Template::ALL {
            assert_eq!(Template::from_word(template.word()), Some(template));
            for asked in Locale::ALL {
                let (written, head, letter) = shown(&world, template, Some(asked)).await.expect("a preview");
                assert_eq!((written.subject.as_str(), template_of(&letter)), (template.word(), template));
                assert!(["Example Inc.", "Example GmbH"].contains(&head.operator.as_str()), "{head:?}");
                assert!(head.support.is_some_and(|page| page.starts_with("https://")));
                if let Letter::RenewalFailed { locale, .. }
                | Letter::SubscriptionEnded { locale, .. }
                | Letter::SubscriptionChangeFailed { locale, .. } = letter
                {
                    assert_eq!(locale, asked);
                }
            }
        }
        let later = world.clock.now() + TimeDelta::days(365);
        assert_eq!(world.ctx.outbox.take(later, later, 100).await.expect("a list"), []);
        assert!(world.invoices().await.is_empty() && world.credit_notes().await.is_empty());
        let customers = world.ctx.customers.list(world.tenant.id, None, &all()).await.expect("a list");
        assert!(customers.items.is_empty(), "{customers:?}");
    }
}

#[tokio::test]
async fn r36_a_sample_is_of_the_catalogs_first_pack_or_plan_with_tax() {
    for (catalog, label, net, tax, gross) in
        [(CATALOG, "Starter", 1_900, ("Sales tax 8.875%", 169), 2_069), (PLANS, "Basic", 900, ("VAT 19%", 171), 1_071)]
    {
        let world = World::selling(catalog).await;
        let Letter::Invoice { invoice, paid: true, .. } = letter(&world, Template::Invoice).await else {
            panic!("another letter");
        };
        assert_eq!((invoice.number.as_str(), invoice.lines[0].label.as_str()), ("INV-2026-000001", label));
        assert_eq!((invoice.net, invoice.gross), (usd(net), usd(gross)));
        assert_eq!(invoice.tax.rates, [(tax.0.to_owned(), usd(tax.1))]);
        let Letter::Refund { credit_note, corrects, credits, .. } = letter(&world, Template::Refund).await else {
            panic!("another letter");
        };
        assert_eq!((credit_note.gross, corrects, credits.to_string().as_str()), (usd(gross), invoice.number, "100"));
        assert_eq!(credit_note.lines[0].label, format!("{label}: 100 credits"));
        let Letter::PaymentFailed { amount, item, .. } = letter(&world, Template::PaymentFailed).await else {
            panic!("another letter");
        };
        assert_eq!((amount, item.as_str()), (usd(gross), label));
        let Letter::RenewalFailed { amount, plan, retry_on, ends_on, .. } =
            letter(&world, Template::RenewalFailed).await
        else {
            panic!("another letter");
        };
        assert_eq!((amount, plan.as_str()), (usd(gross), label));
        // As the catalog's dunning goes.
        assert_eq!((retry_on, ends_on), ("2026-05-02".parse().ok(), "2026-05-15".parse().expect("a day")));
    }
}

#[tokio::test]
async fn a_sample_is_made_of_what_the_catalog_has() {
    let sales_tax = "new_york = { country = \"US\", region = \"NY\"";
    // Tax is charged abroad alone: that is where the sample is sold.
    let abroad = World::selling(&CATALOG.replace(sales_tax, "germany = { country = \"DE\"")).await;
    let Letter::Invoice { invoice, .. } = letter(&abroad, Template::Invoice).await else { panic!("another letter") };
    assert_eq!((invoice.tax.rates.len(), invoice.gross), (1, usd(2_069)));
    // Nothing costs anything.
    let packs = CATALOG.find("[packs]").expect("packs")..CATALOG.find("# When customers can").expect("refunds");
    let mut free = CATALOG.to_owned();
    free.replace_range(packs, "");
    let free = World::selling(&free).await;
    for template in Template::ALL {
        shown(&free, template, None).await.expect("a preview");
    }
    // Nobody sells.
    let seller = CATALOG.find("[seller]").expect("a seller");
    let nobody = World::selling(&CATALOG[..seller]).await;
    for template in Template::ALL {
        let refused = shown(&nobody, template, None).await.expect_err("nobody writes");
        assert!(matches!(refused, Failure::NothingSold), "{refused:?}");
    }
}
