//! Files to be estimated, as `multipart/form-data`.

use bytes::Bytes;
use poem::web::{Field, Multipart};
use poem::{FromRequest as _, Request, RequestBody};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::Type as _;
use ports::Claim;
use service::File;

use super::codes::Code;
use super::flaw::{FieldCode, Flaw};
use super::idempotency::fingerprint;
use super::problem::Problem;
use super::wire::{Text, WireText as _};

/// The most files in one call.
const MOST_FILES: usize = 50;
/// The longest text part.
const LONGEST_TEXT: usize = 4_096;

/// Files with what is to be done to them.
#[derive(Debug, Default)]
pub(crate) struct EstimateForm {
    /// Whose job.
    pub(crate) customer: Option<Text<255>>,
    /// The operation.
    pub(crate) operation: Option<Text<64>>,
    /// `one_per_file` or `one_per_page`, for this job.
    pub(crate) mode: Option<Text<64>>,
    /// The parser's own setting.
    pub(crate) result_mode: Option<Text<64>>,
    /// The files.
    pub(crate) files: Vec<File>,
}

impl EstimateForm {
    /// Tells this form from another one under the same idempotency key: boundaries differ, parts do not.
    pub(crate) fn fingerprint(&self) -> u64 {
        let text = |text: Option<&str>| text.unwrap_or_default().as_bytes().to_vec();
        let said = [
            text(self.customer.as_deref()),
            text(self.operation.as_deref()),
            text(self.mode.as_deref()),
            text(self.result_mode.as_deref()),
        ];
        let names = self.files.iter().map(|file| text(file.claim.name.as_deref()));
        let said: Vec<_> = said.into_iter().chain(names).collect();
        let files = self.files.iter().map(|file| file.bytes.as_ref());
        fingerprint(said.iter().map(Vec::as_slice).chain(files))
    }

    async fn read(mut parts: Multipart) -> Result<Self, Problem> {
        let mut form = Self::default();
        let read = form.take_all(&mut parts).await;
        if read.is_err() {
            // To the end all the same: who is still sending does not listen, and would miss the answer.
            while let Ok(Some(_)) = parts.next_field().await {}
        }
        read.map(|()| form)
    }

    async fn take_all(&mut self, parts: &mut Multipart) -> Result<(), Problem> {
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            self.take(part).await?;
        }
        if self.files.is_empty() {
            return Err(Problem::field("/files", FieldCode::Missing, "Send at least one part named `files`."));
        }
        Ok(())
    }

    async fn take(&mut self, part: Field) -> Result<(), Problem> {
        match part.name() {
            Some("files" | "file") => {
                if self.files.len() == MOST_FILES {
                    let detail = format!("One call takes at most {MOST_FILES} files.");
                    return Err(Problem::new(Code::TooManyFiles, detail));
                }
                let claim = Claim {
                    name: part.file_name().map(printable),
                    media_type: part.content_type().map(ToOwned::to_owned),
                };
                let bytes = Bytes::from(part.bytes().await.map_err(broken)?);
                self.files.push(File { claim, bytes });
                Ok(())
            }
            Some("customer") => set(&mut self.customer, "/customer", part).await,
            Some("operation") => set(&mut self.operation, "/operation", part).await,
            Some("mode") => set(&mut self.mode, "/mode", part).await,
            Some("result_mode") => set(&mut self.result_mode, "/result_mode", part).await,
            name => {
                let pointer = format!("/{}", name.map(printable).unwrap_or_default());
                let detail = "There is no such part: send `files`, `customer`, `operation`, `mode` or `result_mode`.";
                Err(Problem::field(pointer, FieldCode::UnknownField, detail))
            }
        }
    }
}

/// A file's name may be anything; what is kept of it can be printed.
fn printable(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(255).collect()
}

async fn set<const MAX: usize>(slot: &mut Option<Text<MAX>>, pointer: &str, part: Field) -> Result<(), Problem> {
    if slot.is_some() {
        return Err(Problem::field(pointer, FieldCode::Duplicate, "This part is there twice."));
    }
    let bytes = part.bytes().await.map_err(broken)?;
    let text = String::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST_TEXT);
    let text = text.ok_or_else(|| Problem::field(pointer, FieldCode::Malformed, "A short text in UTF-8."))?;
    let read = Text::read(&text).map_err(|Flaw { code, detail }| Problem::field(pointer, code, detail))?;
    *slot = Some(read);
    Ok(())
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Problem {
    Problem::new(Code::InvalidRequest, "The multipart body cannot be read to its end.").because(error)
}

impl Payload for EstimateForm {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let inline = |schema: MetaSchema| MetaSchemaRef::Inline(Box::new(schema));
        let file = inline(MetaSchema::new_with_format("string", "binary"));
        let files = MetaSchema {
            items: Some(Box::new(file)),
            min_items: Some(1),
            max_items: Some(MOST_FILES),
            ..MetaSchema::new("array")
        };
        inline(MetaSchema {
            properties: vec![
                ("files", inline(files)),
                ("customer", Text::<255>::schema_ref()),
                ("operation", Text::<64>::schema_ref()),
                ("mode", Text::<64>::schema_ref()),
                ("result_mode", Text::<64>::schema_ref()),
            ],
            required: vec!["files", "operation"],
            ..MetaSchema::new("object")
        })
    }
}

impl ParsePayload for EstimateForm {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let parts = Multipart::from_request(request, body).await.map_err(|error| {
            Problem::new(Code::InvalidRequest, "The multipart body names no boundary.").because(error.to_string())
        })?;
        Ok(Self::read(parts).await?)
    }
}
