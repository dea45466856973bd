//! Orders, documents and what goes with them, for promises about selling.

use domain::{
    ChargeTry, ClockId, Country, Credits, Currency, CustomerId, GrantId, Instant, Invoice, InvoiceFacts, InvoiceKind,
    InvoiceNumber, Locale, Money, Order, OrderId, OrderLine, OrderStatus, Party, Payment, PaymentWay, Sale, Span,
    SubscriptionId, TaxCategory, TaxRule, TaxTreatment, Taxed, TenantId, Validity,
};

use super::Subject;
use super::asks::{credits, day, start};
use super::invoices::{facts, taxed};
use crate::{
    Attempt, BuildDocument, GivenBack, GivenBackPart, GivenBackStatus, Mailbox, MethodId, NewDocument, OrderChange,
    PaymentId, PlacedOrder, RefundId, StoreError,
};

pub(crate) fn money(minor: i64) -> Money {
    Money { minor, currency: Currency::EUR }
}

pub(crate) fn mailbox() -> Mailbox {
    Mailbox { name: Some("Example AG".to_owned()), address: "buyer@example.com".to_owned() }
}

/// A party with this text wherever one can be.
pub(crate) fn odd_party(text: &str) -> Party {
    let some = || Some(text.to_owned());
    Party {
        name: format!("Example {text}"),
        address: vec![text.to_owned(), text.to_owned(), String::new()],
        postal_code: some(),
        city: some(),
        region: some(),
        country: Country::from_code("AQ").expect("a country"),
        tax_id: some(),
        registration: some(),
        email: some(),
    }
}

/// Lines of every tax category, at odd rates, and one below zero.
pub(crate) fn odd_taxed(text: &str) -> Taxed {
    let without = |category| TaxTreatment::without_tax(category, Some(text.to_owned()));
    let treatments = [
        TaxTreatment::at("8.875".parse().expect("a rate"), text),
        TaxTreatment::at("0.0001".parse().expect("a rate"), text),
        without(TaxCategory::Zero),
        without(TaxCategory::Exempt),
        TaxTreatment::without_tax(TaxCategory::ReverseCharge, None),
        without(TaxCategory::Outside),
    ];
    let credited = (1, -111_111, treatments[0].clone());
    let sold = (1..).zip(treatments).map(|(quantity, treatment)| (quantity, 333_333, treatment));
    let sale = |(quantity, minor, treatment)| Sale {
        description: text.to_owned(),
        quantity,
        unit_price: money(minor),
        treatment,
    };
    TaxRule::default().tax(&sold.chain([credited]).map(sale).collect::<Vec<_>>()).expect("taxable")
}

/// An open order as it is placed, of whoever.
#[must_use]
pub fn placed(subject: &Subject) -> PlacedOrder {
    let customer = CustomerId(subject.uuid());
    let line = OrderLine {
        pack: "starter".to_owned(),
        label: "Starter".to_owned(),
        quantity: 1,
        price: money(10_000),
        credits_each: 1_000,
        validity: Validity(None),
        promised_until: None,
        net: money(10_000),
        tax: money(1_900),
    };
    PlacedOrder {
        order: Order {
            id: OrderId(subject.uuid()),
            customer,
            charge: None,
            lines: vec![line],
            net: money(10_000),
            tax: money(1_900),
            gross: money(11_900),
            way: PaymentWay::Checkout,
            catalog_version: 1,
            status: OrderStatus::Open,
            payment: None,
            refunded: money(0),
            created_at: start(),
            expires_at: day(1),
        },
        taxed: taxed(),
        buyer: facts("INV-2026-000001").buyer,
        locale: Locale::default(),
        clock: None,
        return_url: None,
        method: None,
        attempt: None,
        grants: Vec::new(),
        invoice: None,
        period: None,
        refunds: Vec::new(),
        note: None,
        ask_at: None,
        end_at: None,
        asked: 0,
        version: 0,
    }
}

/// The same with everything that an order can have, and this text wherever one can be.
pub(crate) fn odd_order(subject: &Subject, text: &str) -> PlacedOrder {
    let some = || Some(text.to_owned());
    let plain = placed(subject);
    let span = Span { months: 12, days: 3, seconds: 61 };
    let line = OrderLine {
        pack: text.to_owned(),
        label: text.to_owned(),
        quantity: u32::MAX,
        price: Money { minor: i64::MAX, currency: Currency::BHD },
        credits_each: u32::MAX,
        validity: Validity(Some(span)),
        promised_until: Some(day(365)),
        ..plain.order.lines[0].clone()
    };
    let payment = Payment { id: text.to_owned(), amount: money(i64::MAX), at: day(-1) };
    let subscription = SubscriptionId(subject.uuid());
    let refunds = GivenBackStatus::ALL.into_iter().zip(1..).map(|(status, number)| GivenBack {
        reason: some(),
        provider_id: Some(RefundId(text.to_owned())),
        credit_note: Some("CN-2026-000007".parse().expect("a number")),
        ungranted: Some((money(-7), Money { minor: i64::MAX, currency: Currency::BHD })),
        task: Some(u32::MAX - number),
        failed_at: Some(day(number.into())),
        status,
        ..given_back(&plain, number, 1)
    });
    PlacedOrder {
        order: Order {
            lines: vec![line, plain.order.lines[0].clone()],
            charge: Some(ChargeTry { subscription, number: u32::MAX, attempt: 1 }),
            payment: Some(payment),
            refunded: money(7),
            catalog_version: u32::MAX,
            ..plain.order.clone()
        },
        taxed: odd_taxed(text),
        buyer: odd_party(text),
        clock: Some(ClockId(subject.uuid())),
        return_url: some(),
        method: Some(MethodId(text.to_owned())),
        attempt: Some(Attempt { id: Some(PaymentId(text.to_owned())), url: some(), begun_at: day(2) }),
        grants: vec![grant(&plain, 1), grant(&plain, u32::MAX)],
        invoice: Some("A-1-2026-1234567".parse().expect("a number")),
        period: Some((day(-5), Instant::MAX_UTC)),
        refunds: refunds.collect(),
        note: some(),
        ask_at: Some(day(3)),
        end_at: Some(day(4)),
        asked: u32::MAX,
        ..plain
    }
}

/// The grant of this number, of the order's customer.
#[must_use]
pub fn grant(placed: &PlacedOrder, number: u32) -> GrantId {
    GrantId { customer: placed.order.customer, number }
}

/// A refund of one of the order's grants.
#[must_use]
pub fn given_back(placed: &PlacedOrder, number: u32, of: u32) -> GivenBack {
    let part =
        GivenBackPart { grant: grant(placed, of), credits: credits("0.000001"), net: money(100), tax: money(19) };
    GivenBack {
        number,
        status: GivenBackStatus::Pending,
        parts: vec![part, GivenBackPart { credits: Credits::MAX, ..part }],
        ungranted: None,
        task: None,
        gross: money(238),
        receivable: i64::from(number) - 1,
        reason: None,
        provider_id: None,
        credit_note: None,
        created_at: day(4),
        failed_at: None,
    }
}

/// An invoice over the usual amount.
pub(crate) fn usual() -> BuildDocument {
    Box::new(|number| build(number, InvoiceKind::Invoice))
}

/// A credit note over all of the usual invoice.
pub(crate) fn credit() -> BuildDocument {
    let corrects: InvoiceNumber = "INV-2026-000001".parse().expect("a number");
    let issued_on = facts("INV-2026-000001").issued_on;
    let kind = InvoiceKind::CreditNote { corrects, issued_on, reason: None };
    Box::new(move |number| build(number, kind.clone()))
}

fn build(number: InvoiceNumber, kind: InvoiceKind) -> Result<Invoice, domain::InvoiceFlaw> {
    let issued_on = format!("{:04}-06-01", number.year).parse().expect("a day");
    Invoice::new(kind, InvoiceFacts { number, issued_on, ..facts("INV-2026-000001") }, taxed())
}

/// A document of 2026 that nobody gets by mail.
pub(crate) fn document(build: BuildDocument) -> NewDocument {
    NewDocument {
        series: "INV".to_owned(),
        year: 2026,
        build,
        refund: None,
        issued_at: start(),
        to: None,
        mail_at: start(),
    }
}

/// A change of an order, that answers nobody.
#[must_use]
pub fn change(placed: &PlacedOrder, document: Option<NewDocument>) -> OrderChange {
    OrderChange { document, ..OrderChange::untold(placed.clone()) }
}

impl Subject {
    /// Keeps a new order, and answers it as it can be changed.
    pub(crate) async fn place(&self, tenant: TenantId, placed: PlacedOrder) -> PlacedOrder {
        self.orders.place(tenant, &placed, None).await.expect("placed");
        PlacedOrder { version: 1, ..placed }
    }

    /// The order as it is kept.
    pub(crate) async fn order(&self, tenant: TenantId, id: OrderId) -> PlacedOrder {
        self.orders.get(tenant, id).await.expect("a read").expect("the order")
    }

    /// Places an order and issues a document of it at once; its number.
    pub(crate) async fn issue(
        &self,
        tenant: TenantId,
        placed: PlacedOrder,
        document: NewDocument,
    ) -> Result<InvoiceNumber, StoreError> {
        let placed = self.place(tenant, placed).await;
        let saved = self.orders.save(tenant, change(&placed, Some(document))).await?;
        Ok(saved.invoice.expect("its number"))
    }
}
