//! Which customer a call is about, and whether its key may see them (R42).

use domain::{CustomerId, CustomerRef};
use service::{Context, balance};

use super::codes::Code;
use super::flaw::FieldCode;
use super::problem::Problem;
use crate::http::auth::Caller;

/// The customer that a call names. A customer's own key need not name one, and finds no other.
pub(crate) async fn customer(ctx: &Context, caller: &Caller, named: Option<&str>) -> Result<CustomerId, Problem> {
    match (caller.customer(), named) {
        (Some(own), None) => Ok(own),
        (None, None) => Err(Problem::field("/customer", FieldCode::Missing, "Name the customer.")),
        (own, Some(named)) => {
            // No customer has such an id, and no database takes such a text.
            if named.chars().any(char::is_control) {
                return Err(Code::CustomerNotFound.problem());
            }
            let found = balance::resolve(ctx, caller.tenant_id(), &CustomerRef::parse(named)).await?;
            sees(caller, found, Code::CustomerNotFound)?;
            debug_assert!(own.is_none_or(|own| own == found));
            Ok(found)
        }
    }
}

/// The one customer that a list is narrowed to; a customer's own key always narrows it.
pub(crate) async fn narrowed(
    ctx: &Context,
    caller: &Caller,
    named: Option<&str>,
) -> Result<Option<CustomerId>, Problem> {
    match (caller.customer(), named) {
        (None, None) => Ok(None),
        _ => customer(ctx, caller, named).await.map(Some),
    }
}

/// Goes on only if the key sees this customer; what it does not see is not found.
pub(crate) fn sees(caller: &Caller, customer: CustomerId, not_found: Code) -> Result<(), Problem> {
    match caller.customer() {
        Some(own) if own != customer => Err(not_found.problem()),
        _ => Ok(()),
    }
}
