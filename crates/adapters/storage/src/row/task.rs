//! What is still to be done for a subscription, as JSON.

use domain::{CustomerId, GrantId, OrderId, PlanGrant};
use ports::{NumberedTask, Task};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::charge::{ChargeText, charge, charge_text};
use super::money::{MoneyText, money, money_text, parsed};
use super::{credits, millis, time};

#[derive(Serialize, Deserialize)]
pub(super) struct NumberedTaskText {
    number: u32,
    task: TaskText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TaskText {
    Ask {
        order: String,
        charge: ChargeText,
    },
    Stop(String),
    Grant {
        grant: PlanGrantText,
        net: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<String>,
    },
    Invoice(String),
    GiveBack {
        credits: i64,
        /// Numbers of the customer's grants.
        from: Vec<u32>,
        amount: MoneyText,
        unassigned: i64,
        paid_by: Vec<String>,
    },
    Return(String),
    ResumeFreeTier,
}

#[derive(Serialize, Deserialize)]
struct PlanGrantText {
    label: String,
    amount: i64,
    value: MoneyText,
    effective_at: i64,
    expires_at: i64,
}

pub(super) fn task_text(numbered: &NumberedTask) -> NumberedTaskText {
    let task = match &numbered.task {
        Task::Ask { order, charge } => TaskText::Ask { order: order.to_string(), charge: charge_text(charge) },
        Task::Stop(order) => TaskText::Stop(order.to_string()),
        Task::Grant { grant, net, order } => {
            TaskText::Grant { grant: grant_text(grant), net: *net, order: order.map(|order| order.to_string()) }
        }
        Task::Invoice(order) => TaskText::Invoice(order.to_string()),
        Task::GiveBack { credits, from, amount, unassigned, paid_by } => TaskText::GiveBack {
            credits: credits.micros(),
            from: from.iter().map(|grant| grant.number).collect(),
            amount: money_text(*amount),
            unassigned: *unassigned,
            paid_by: order_texts(paid_by),
        },
        Task::Return(order) => TaskText::Return(order.to_string()),
        Task::ResumeFreeTier => TaskText::ResumeFreeTier,
    };
    NumberedTaskText { number: numbered.number, task }
}

fn grant_text(grant: &PlanGrant) -> PlanGrantText {
    PlanGrantText {
        label: grant.label.clone(),
        amount: grant.amount.micros(),
        value: money_text(grant.value),
        effective_at: millis(grant.effective_at),
        expires_at: millis(grant.expires_at),
    }
}

pub(super) fn task(customer: CustomerId, text: NumberedTaskText) -> Result<NumberedTask, DbErr> {
    let task = match text.task {
        TaskText::Ask { order: id, charge: text } => Task::Ask { order: order(&id)?, charge: charge(text)? },
        TaskText::Stop(id) => Task::Stop(order(&id)?),
        TaskText::Grant { grant: text, net, order: id } => {
            Task::Grant { grant: grant(text)?, net, order: id.as_deref().map(order).transpose()? }
        }
        TaskText::Invoice(id) => Task::Invoice(order(&id)?),
        TaskText::GiveBack { credits: micros, from, amount, unassigned, paid_by } => Task::GiveBack {
            credits: credits(micros)?,
            from: from.into_iter().map(|number| GrantId { customer, number }).collect(),
            amount: money(amount)?,
            unassigned,
            paid_by: orders(&paid_by)?,
        },
        TaskText::Return(id) => Task::Return(order(&id)?),
        TaskText::ResumeFreeTier => Task::ResumeFreeTier,
    };
    Ok(NumberedTask { number: text.number, task })
}

fn grant(text: PlanGrantText) -> Result<PlanGrant, DbErr> {
    Ok(PlanGrant {
        label: text.label,
        amount: credits(text.amount)?,
        value: money(text.value)?,
        effective_at: time(text.effective_at)?,
        expires_at: time(text.expires_at)?,
    })
}

pub(super) fn order_texts(orders: &[OrderId]) -> Vec<String> {
    orders.iter().map(ToString::to_string).collect()
}

pub(super) fn orders(texts: &[String]) -> Result<Vec<OrderId>, DbErr> {
    texts.iter().map(|text| order(text)).collect()
}

pub(super) fn order(text: &str) -> Result<OrderId, DbErr> {
    parsed(text, "order's id")
}
