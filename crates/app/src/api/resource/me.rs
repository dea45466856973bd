//! What a customer's own key sees at a glance, in the shapes of the seed (acceptance D).

use domain::{CustomerId, GrantId};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};
use ports::PageAsk;
use service::{Context, balance};

use super::Tag;
use crate::api::answer::Answer;
use crate::api::codes::Code;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::Nullable;
use crate::api::wire::{CreditsNumber, Id, Limit, Time};
use crate::http::auth::Caller;
use crate::http::scope::Scope;

/// The customer behind a key.
#[derive(Clone, Debug, Object)]
pub(crate) struct MeUser {
    /// The operator's own id for them, or ours where there is none.
    user_id: String,
    /// Where mail goes.
    email: Nullable<String>,
    /// What they are called.
    name: Nullable<String>,
    /// Credits to spend.
    credits_available: CreditsNumber,
    /// What the key is called.
    key_name: String,
    /// When the key stops working.
    key_expires_at: Nullable<Time>,
    /// When they signed up.
    member_since: Time,
}

/// A quick look at oneself.
#[derive(Clone, Debug, Object)]
pub(crate) struct MeBody {
    /// The customer.
    user: MeUser,
}

/// A parcel of credits.
#[derive(Clone, Debug, Object)]
#[expect(clippy::struct_field_names, reason = "the seed's names")]
pub(crate) struct Purchase {
    /// Its id.
    purchase_id: Id<GrantId>,
    /// What it is known by: a pack's or plan's name, `trial`, …
    plan: String,
    /// Credits that it brought.
    credits: CreditsNumber,
    /// Credits not used yet, held ones included.
    remaining: CreditsNumber,
    /// Of the remaining ones, promised to open jobs.
    held: CreditsNumber,
    /// When they stop being spendable.
    expires_at: Nullable<Time>,
    /// When it was bought or given.
    purchased_at: Time,
}

/// Credits with their purchases.
#[derive(Clone, Debug, Object)]
pub(crate) struct Credits {
    /// Credits to spend, over all purchases.
    available: CreditsNumber,
    /// Credits promised to open jobs, over all purchases.
    held: CreditsNumber,
    /// The purchases, newest first.
    purchases: Vec<Purchase>,
    /// Pass it as `cursor` for the next page; `null` at the end.
    next_cursor: Nullable<String>,
}

/// A customer's credits.
#[derive(Clone, Debug, Object)]
pub(crate) struct CreditsBody {
    /// The credits.
    credits: Credits,
}

pub(crate) struct Me;

#[OpenApi(tag = "Tag::Account")]
impl Me {
    /// Get yourself
    ///
    /// A quick look at the balance behind a customer's own key.
    #[oai(path = "/v1/me", method = "get", operation_id = "getMe")]
    async fn me(&self, ctx: Data<&Context>, caller: Caller) -> Result<Answer<MeBody>, refused!(CustomerNotFound)> {
        let view = balance::view(&ctx, caller.tenant_id(), own(&caller)?).await?;
        let customer = view.customer;
        Ok(Answer::of(&MeBody {
            user: MeUser {
                user_id: customer.external_id.unwrap_or_else(|| customer.id.to_string()),
                email: Nullable(customer.email),
                name: Nullable(customer.name),
                credits_available: view.book.balance().available.into(),
                key_name: caller.key().name.clone(),
                key_expires_at: Nullable(caller.key().expires_at.map(Time::from)),
                member_since: customer.created_at.into(),
            },
        }))
    }

    /// Get your credits
    ///
    /// Every purchase with what is left of it: at most 10, newest first.
    #[oai(path = "/v1/credits", method = "get", operation_id = "getCredits")]
    async fn credits(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        cursor: Query<Option<String>>,
        /// 1 to 10 purchases.
        limit: Query<Option<Limit<10>>>,
    ) -> Result<Answer<CreditsBody>, refused!(CustomerNotFound)> {
        let customer = own(&caller)?;
        let ask = PageAsk { cursor: cursor.0, limit: limit.0.map_or(10, Limit::get), oldest_first: false };
        let (grants, book) = balance::breakdown(&ctx, caller.tenant_id(), customer, &ask).await?;
        let balance = book.balance();
        let purchase = |state: domain::GrantState| Purchase {
            purchase_id: state.grant.id.into(),
            plan: state.grant.label,
            credits: state.grant.amount.into(),
            remaining: (state.available + state.held).into(),
            held: state.held.into(),
            expires_at: Nullable(state.grant.expires_at.map(Time::from)),
            purchased_at: state.grant.granted_at.into(),
        };
        Ok(Answer::of(&CreditsBody {
            credits: Credits {
                available: balance.available.into(),
                held: balance.held.into(),
                purchases: grants.items.into_iter().map(purchase).collect(),
                next_cursor: Nullable(grants.next),
            },
        }))
    }
}

/// The one customer of the key: an operator's has none.
fn own(caller: &Caller) -> Result<CustomerId, Problem> {
    caller.require(Scope::Read)?;
    caller.customer().ok_or_else(|| {
        Problem::new(Code::InsufficientScope, "This call needs a customer's own key: an operator's key has no balance.")
    })
}
