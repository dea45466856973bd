//! Events: what has happened, in order (R39).

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use ports::EventFilter;
use service::{Context, Failure};

use super::{Order, Tag};
use crate::api::access;
use crate::api::answer::Answer;
use crate::api::refused::refused;
use crate::api::shape::{EventBody, List, page};
use crate::api::wire::Limit;
use crate::http::auth::Caller;
use crate::http::scope::Scope;

pub(crate) struct Events;

#[OpenApi(tag = "Tag::Events")]
impl Events {
    /// List events
    ///
    /// What has happened to subscriptions, orders and their payments, and which quotes were asked for. Each event is written with what it tells of: nothing happens without it.
    #[oai(path = "/v1/events", method = "get", operation_id = "listEvents")]
    async fn list(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        customer: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<EventBody>>, refused!(CustomerNotFound)> {
        caller.require(Scope::Read)?;
        let customer = access::narrowed(&ctx, &caller, customer.0.as_deref()).await?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let found = ctx.events.list_events(caller.tenant_id(), EventFilter { customer }, &ask).await;
        Ok(Answer::of(&List::of(found.map_err(Failure::from)?, EventBody::from)))
    }
}
