//! Mail: what was sent, and what it looks like.

use domain::Locale;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use service::mail::Template;
use service::{Context, Failure, mail};

use super::{Order, Tag};
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::refused::refused;
use crate::api::shape::{List, MailBody, MailPreviewBody, page};
use crate::api::wire::{Limit, Word};
use crate::http::auth::{Caller, Operator};
use crate::http::scope::Scope;

pub(crate) struct Mails;

#[OpenApi(tag = "Tag::Sales")]
impl Mails {
    /// List a customer's mail
    ///
    /// What was sent or is to be sent, and why it did not arrive.
    #[oai(path = "/v1/customers/:customer/mails", method = "get", operation_id = "listMails")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Path<String>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<MailBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let customer = access::customer(&ctx, &caller, Some(&customer.0)).await?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let found = ctx.outbox.mails(caller.tenant_id(), customer, &ask).await.map_err(Failure::from)?;
        let for_operator = caller.customer().is_none();
        Ok(Answer::of(&List::of(found, |mail| MailBody::of(mail, for_operator))))
    }

    /// Preview a mail
    ///
    /// What mails of a kind say, with the seller, the links, the prices and the tax of the catalog in force. The
    /// customer and the sale are made up; nothing is written down or sent.
    #[oai(path = "/v1/mails/:template/preview", method = "get", operation_id = "previewMail")]
    async fn preview(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        /// Which mail: `quote_request` is to you, the others are to customers.
        template: Path<Word<Template>>,
        /// The customer's locale; the seller's unless you say. Not every mail exists in every language.
        locale: Query<Option<Word<Locale>>>,
    ) -> Result<Answer<MailPreviewBody>, refused!(CatalogNotFound, NothingSold)> {
        caller.require(Scope::Read)?;
        let Word(template) = template.0;
        let written = mail::preview(&ctx, caller.tenant_id(), template, locale.0.map(|locale| locale.0)).await?;
        Ok(Answer::of(&MailPreviewBody::of(template, written)))
    }
}
