//! Lines and their tax, as JSON.

use domain::{InvoiceLine, TaxCategory, TaxTotal, TaxTreatment, Taxed};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::damaged;
use super::money::{MoneyText, money, money_text, parsed};

#[derive(Serialize, Deserialize)]
struct TreatmentText {
    category: String,
    rate: String,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<&TaxTreatment> for TreatmentText {
    fn from(treatment: &TaxTreatment) -> Self {
        Self {
            category: treatment.category.code().to_owned(),
            rate: treatment.rate.to_string(),
            label: treatment.label.clone(),
            reason: treatment.reason.clone(),
        }
    }
}

impl TryFrom<TreatmentText> for TaxTreatment {
    type Error = DbErr;

    fn try_from(text: TreatmentText) -> Result<Self, DbErr> {
        Ok(Self {
            category: TaxCategory::from_code(&text.category).ok_or_else(|| damaged("tax category"))?,
            rate: parsed(&text.rate, "tax rate")?,
            label: text.label,
            reason: text.reason,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct LineText {
    description: String,
    quantity: u32,
    net: MoneyText,
    treatment: TreatmentText,
}

#[derive(Serialize, Deserialize)]
struct TotalText {
    treatment: TreatmentText,
    net: MoneyText,
    tax: MoneyText,
}

#[derive(Serialize, Deserialize)]
pub(super) struct TaxedText {
    lines: Vec<LineText>,
    totals: Vec<TotalText>,
}

pub(super) fn taxed_text(lines: &[InvoiceLine], totals: &[TaxTotal]) -> TaxedText {
    let line = |line: &InvoiceLine| LineText {
        description: line.description.clone(),
        quantity: line.quantity,
        net: money_text(line.net),
        treatment: (&line.treatment).into(),
    };
    let total = |total: &TaxTotal| TotalText {
        treatment: (&total.treatment).into(),
        net: money_text(total.net),
        tax: money_text(total.tax),
    };
    TaxedText { lines: lines.iter().map(line).collect(), totals: totals.iter().map(total).collect() }
}

pub(super) fn taxed(text: TaxedText) -> Result<Taxed, DbErr> {
    let line = |text: LineText| {
        Ok(InvoiceLine {
            description: text.description,
            quantity: text.quantity,
            net: money(text.net)?,
            treatment: text.treatment.try_into()?,
        })
    };
    let total = |text: TotalText| {
        Ok(TaxTotal { treatment: text.treatment.try_into()?, net: money(text.net)?, tax: money(text.tax)? })
    };
    Ok(Taxed {
        lines: text.lines.into_iter().map(line).collect::<Result<_, DbErr>>()?,
        totals: text.totals.into_iter().map(total).collect::<Result<_, DbErr>>()?,
    })
}
