//! Orders: columns for what is looked for, JSON for the rest.

use domain::{
    ChargeTry, ClockId, CustomerId, GrantId, Locale, Money, Order, OrderId, OrderLine, OrderStatus, Payment,
    PaymentWay, TenantId, Validity,
};
use ports::{Attempt, MethodId, PaymentId, PlacedOrder};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::given_back::{GivenBackText, given_back, given_back_text};
use super::money::{MoneyText, document_number, money, money_text, parsed};
use super::party::PartyText;
use super::taxed::{TaxedText, taxed, taxed_text};
use super::{big, damaged, from_text, maybe_time, millis, number, time, to_text};
use crate::entity::order::Model;

#[derive(Serialize, Deserialize)]
struct LineText {
    pack: String,
    label: String,
    quantity: u32,
    price: MoneyText,
    credits_each: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promised_until: Option<i64>,
    net: MoneyText,
    tax: MoneyText,
}

#[derive(Serialize, Deserialize)]
struct ChargeTryText {
    subscription: String,
    number: u32,
    attempt: u32,
}

#[derive(Serialize, Deserialize)]
struct PaymentText {
    id: String,
    amount: MoneyText,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct AttemptText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    begun_at: i64,
}

#[derive(Serialize, Deserialize)]
struct OrderText {
    lines: Vec<LineText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charge: Option<ChargeTryText>,
    net: MoneyText,
    tax: MoneyText,
    gross: MoneyText,
    way: String,
    catalog: u32,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refunded: Option<MoneyText>,
    expires_at: i64,
    taxed: TaxedText,
    buyer: PartyText,
    locale: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    return_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<AttemptText>,
    /// Numbers of the customer's grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    grants: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invoice: Option<String>,
    /// Its start and its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<(i64, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<GivenBackText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_at: Option<i64>,
    asked: u32,
}

/// An order to be written, at the version that it has.
pub(crate) fn order_row(tenant: TenantId, placed: &PlacedOrder) -> Result<Model, DbErr> {
    let order = &placed.order;
    Ok(Model {
        tenant: tenant.0,
        id: order.id.0,
        customer: order.customer.0,
        status: placed.status().word().to_owned(),
        version: big(placed.version),
        clock: placed.clock.map(|clock| clock.0),
        ask_at: placed.ask_at.map(millis),
        ends_at: placed.ends_at().map(millis),
        created_at: millis(order.created_at),
        in_reports: placed.is_in_reports(),
        body: to_text(&order_text(placed))?,
    })
}

fn order_text(placed: &PlacedOrder) -> OrderText {
    let order = &placed.order;
    let nothing = Money { minor: 0, ..order.gross };
    OrderText {
        lines: order.lines.iter().map(line_text).collect(),
        charge: order.charge.map(|charge| ChargeTryText {
            subscription: charge.subscription.to_string(),
            number: charge.number,
            attempt: charge.attempt,
        }),
        net: money_text(order.net),
        tax: money_text(order.tax),
        gross: money_text(order.gross),
        way: order.way.word().to_owned(),
        catalog: order.catalog_version,
        status: order.status.word().to_owned(),
        payment: order.payment.as_ref().map(|payment| PaymentText {
            id: payment.id.clone(),
            amount: money_text(payment.amount),
            at: millis(payment.at),
        }),
        refunded: (order.refunded != nothing).then(|| money_text(order.refunded)),
        expires_at: millis(order.expires_at),
        taxed: taxed_text(&placed.taxed.lines, &placed.taxed.totals),
        buyer: (&placed.buyer).into(),
        locale: placed.locale.tag().to_owned(),
        return_url: placed.return_url.clone(),
        method: placed.method.as_ref().map(|method| method.0.clone()),
        attempt: placed.attempt.as_ref().map(|attempt| AttemptText {
            id: attempt.id.as_ref().map(|id| id.0.clone()),
            url: attempt.url.clone(),
            begun_at: millis(attempt.begun_at),
        }),
        grants: placed.grants.iter().map(|grant| grant.number).collect(),
        invoice: placed.invoice.as_ref().map(ToString::to_string),
        period: placed.period.map(|(start, end)| (millis(start), millis(end))),
        refunds: placed.refunds.iter().map(given_back_text).collect(),
        note: placed.note.clone(),
        end_at: placed.end_at.map(millis),
        asked: placed.asked,
    }
}

fn line_text(line: &OrderLine) -> LineText {
    LineText {
        pack: line.pack.clone(),
        label: line.label.clone(),
        quantity: line.quantity,
        price: money_text(line.price),
        credits_each: line.credits_each,
        validity: line.validity.0.map(|span| span.to_string()),
        promised_until: line.promised_until.map(millis),
        net: money_text(line.net),
        tax: money_text(line.tax),
    }
}

/// Reads an order back.
pub(crate) fn order(row: &Model) -> Result<PlacedOrder, DbErr> {
    let text: OrderText = from_text(&row.body, "order")?;
    let customer = CustomerId(row.customer);
    let refund = |text| given_back(customer, text);
    let gross = money(text.gross)?;
    Ok(PlacedOrder {
        order: Order {
            id: OrderId(row.id),
            customer,
            lines: text.lines.into_iter().map(line).collect::<Result<_, _>>()?,
            charge: text.charge.map(|charge| charge_try(&charge)).transpose()?,
            net: money(text.net)?,
            tax: money(text.tax)?,
            gross,
            way: PaymentWay::from_word(&text.way).ok_or_else(|| damaged("way to pay"))?,
            catalog_version: text.catalog,
            status: OrderStatus::from_word(&text.status).ok_or_else(|| damaged("order's status"))?,
            payment: text.payment.map(payment).transpose()?,
            refunded: text.refunded.map_or(Ok(Money { minor: 0, ..gross }), money)?,
            created_at: time(row.created_at)?,
            expires_at: time(text.expires_at)?,
        },
        taxed: taxed(text.taxed)?,
        buyer: text.buyer.try_into()?,
        locale: Locale::from_tag(&text.locale).ok_or_else(|| damaged("locale"))?,
        clock: row.clock.map(ClockId),
        return_url: text.return_url,
        method: text.method.map(MethodId),
        attempt: text.attempt.map(attempt).transpose()?,
        grants: text.grants.into_iter().map(|number| GrantId { customer, number }).collect(),
        invoice: document_number(text.invoice)?,
        period: text.period.map(|(start, end)| Ok::<_, DbErr>((time(start)?, time(end)?))).transpose()?,
        refunds: text.refunds.into_iter().map(refund).collect::<Result<_, _>>()?,
        note: text.note,
        ask_at: maybe_time(row.ask_at)?,
        end_at: maybe_time(text.end_at)?,
        asked: text.asked,
        version: number(row.version)?,
    })
}

fn line(text: LineText) -> Result<OrderLine, DbErr> {
    let validity = text.validity.map(|span| parsed(&span, "validity")).transpose()?;
    Ok(OrderLine {
        pack: text.pack,
        label: text.label,
        quantity: text.quantity,
        price: money(text.price)?,
        credits_each: text.credits_each,
        validity: Validity(validity),
        promised_until: maybe_time(text.promised_until)?,
        net: money(text.net)?,
        tax: money(text.tax)?,
    })
}

fn charge_try(text: &ChargeTryText) -> Result<ChargeTry, DbErr> {
    let subscription = parsed(&text.subscription, "subscription's id")?;
    Ok(ChargeTry { subscription, number: text.number, attempt: text.attempt })
}

fn payment(text: PaymentText) -> Result<Payment, DbErr> {
    Ok(Payment { id: text.id, amount: money(text.amount)?, at: time(text.at)? })
}

fn attempt(text: AttemptText) -> Result<Attempt, DbErr> {
    Ok(Attempt { id: text.id.map(PaymentId), url: text.url, begun_at: time(text.begun_at)? })
}
