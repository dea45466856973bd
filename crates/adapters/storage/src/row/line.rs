//! Lines of jobs, documents and estimates, as JSON.

use domain::{CustomerId, Document, Estimate, EstimateId, Line, PageRule, ResultMode};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{credits, damaged, from_text, millis, time, to_text};

#[derive(Serialize, Deserialize)]
pub(super) struct DocumentText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    pages: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<u16>,
}

impl From<&Document> for DocumentText {
    fn from(document: &Document) -> Self {
        Self {
            sha256: document.sha256.clone(),
            media_type: document.media_type.clone(),
            pages: document.pages,
            rule: document.rule.map(|rule| rule.0),
        }
    }
}

impl From<DocumentText> for Document {
    fn from(text: DocumentText) -> Self {
        let DocumentText { sha256, media_type, pages, rule } = text;
        Self { sha256, media_type, pages, rule: rule.map(PageRule) }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct LineText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    operation: String,
    quantity: u64,
    rate: i64,
    cost: i64,
    records: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<DocumentText>,
}

impl From<&Line> for LineText {
    fn from(line: &Line) -> Self {
        Self {
            name: line.name.clone(),
            operation: line.operation.clone(),
            quantity: line.quantity,
            rate: line.rate.micros(),
            cost: line.cost.micros(),
            records: line.records,
            document: line.document.as_ref().map(DocumentText::from),
        }
    }
}

impl TryFrom<LineText> for Line {
    type Error = DbErr;

    fn try_from(text: LineText) -> Result<Self, DbErr> {
        Ok(Self {
            name: text.name,
            operation: text.operation,
            quantity: text.quantity,
            rate: credits(text.rate)?,
            cost: credits(text.cost)?,
            records: text.records,
            document: text.document.map(Document::from),
        })
    }
}

pub(super) fn mode(word: &str) -> Result<ResultMode, DbErr> {
    ResultMode::from_word(word).ok_or_else(|| damaged("mode"))
}

#[derive(Serialize, Deserialize)]
struct EstimateText {
    lines: Vec<LineText>,
    mode: String,
    created_at: i64,
    valid_until: i64,
    catalog_version: u32,
}

pub(crate) fn estimate_to_text(estimate: &Estimate) -> Result<String, DbErr> {
    to_text(&EstimateText {
        lines: estimate.lines.iter().map(LineText::from).collect(),
        mode: estimate.mode.word().to_owned(),
        created_at: millis(estimate.created_at),
        valid_until: millis(estimate.valid_until),
        catalog_version: estimate.catalog_version,
    })
}

pub(crate) fn estimate_from_text(id: Uuid, customer: Uuid, text: &str) -> Result<Estimate, DbErr> {
    let text: EstimateText = from_text(text, "estimate")?;
    Ok(Estimate {
        id: EstimateId(id),
        customer: CustomerId(customer),
        lines: text.lines.into_iter().map(Line::try_from).collect::<Result<_, _>>()?,
        mode: mode(&text.mode)?,
        created_at: time(text.created_at)?,
        valid_until: time(text.valid_until)?,
        catalog_version: text.catalog_version,
    })
}
