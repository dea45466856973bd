//! The hosted pages: where a payer types a card, and where their bank asks them.

use askama::Template;
use poem::http::{StatusCode, header};
use poem::web::Html;
use poem::{Endpoint, IntoResponse as _, Request, Response, endpoint, get};
use serde::Deserialize;

use super::problem::Problem;
use super::serve::BODY_MAX;
use super::session::{self, Session, Status, Step};
use super::state::State;
use super::{Stub, form, intent, setup};
use crate::amount::from_stripe;

#[derive(Template)]
#[template(path = "checkout.html")]
struct CheckoutPage<'a> {
    session: &'a Session,
    total: String,
    lines: Vec<(String, String)>,
    error: Option<String>,
    card: &'a str,
}

#[derive(Template)]
#[template(path = "bank.html")]
struct BankPage {
    total: Option<String>,
}

#[derive(Template)]
#[template(path = "over.html")]
struct OverPage<'a> {
    message: &'a str,
}

/// `/pay/<session>`.
pub(super) fn checkout(stub: Stub) -> impl Endpoint {
    let shown = stub.clone();
    get(endpoint::make_sync(move |request| shown.show_checkout(&request)))
        .post(endpoint::make(move |request| checkout_sent(stub.clone(), request)))
}

/// `/bank/<payment or setup intent>`.
pub(super) fn bank(stub: Stub) -> impl Endpoint {
    let shown = stub.clone();
    get(endpoint::make_sync(move |request| shown.show_bank(&request)))
        .post(endpoint::make(move |request| bank_sent(stub.clone(), request)))
}

impl Stub {
    fn show_checkout(&self, request: &Request) -> Response {
        match self.with(|state| state.sessions.find(&id(request)).cloned()) {
            Some(session) if session.status == Status::Open => checkout_page(&session, None, ""),
            Some(_) => over(StatusCode::GONE, "This page has been used or has expired."),
            None => over(StatusCode::NOT_FOUND, "There is no such page."),
        }
    }

    fn show_bank(&self, request: &Request) -> Response {
        let id = id(request);
        let (total, waits) = self.with(|state| {
            let intent = state.intents.find(&id).filter(|intent| intent.status == intent::Status::RequiresAction);
            let total = intent.map(|intent| shown(intent.amount, &intent.currency));
            (total, state.setups.find(&id).is_some_and(setup::Setup::waits))
        });
        if total.is_none() && !waits {
            return over(StatusCode::GONE, "Your bank is not asking anything.");
        }
        page(StatusCode::OK, &BankPage { total })
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct CardForm {
    action: String,
    card: String,
    expiry: String,
}

/// The card, or the way back.
async fn checkout_sent(stub: Stub, mut request: Request) -> poem::Result<Response> {
    let id = id(&request);
    let body = request.take_body().into_bytes_limit(BODY_MAX).await?;
    let Ok(sent) = form::read::<CardForm>(&String::from_utf8_lossy(&body)) else {
        return Ok(over(StatusCode::BAD_REQUEST, "The form cannot be read."));
    };
    Ok(stub.with(|state| pressed(state, &id, &sent)))
}

fn pressed(state: &mut State, id: &str, sent: &CardForm) -> Response {
    let Some(session) = state.sessions.find(id).cloned() else {
        return over(StatusCode::NOT_FOUND, "There is no such page.");
    };
    if session.status != Status::Open {
        return over(StatusCode::GONE, "This page has been used or has expired.");
    }
    if sent.action == "cancel" {
        return match &session.cancel_url {
            Some(url) => go(&landing(url, id)),
            None => over(StatusCode::OK, "Nothing was paid. You can close this page."),
        };
    }
    let Some(expiry) = expiry(&sent.expiry, state.now) else {
        return checkout_page(&session, Some("The expiry must be a month and year to come: 12/34."), &sent.card);
    };
    match session::pay(state, id, &sent.card, expiry) {
        Ok(Step::Done) => go(&landing(&session.success_url, id)),
        Ok(Step::Bank(url)) => go(&url),
        Err(problem) => checkout_page(&session, Some(&message(&problem)), &sent.card),
    }
}

#[derive(Deserialize)]
struct BankForm {
    action: String,
}

/// The owner's word.
async fn bank_sent(stub: Stub, mut request: Request) -> poem::Result<Response> {
    let id = id(&request);
    let body = request.take_body().into_bytes_limit(BODY_MAX).await?;
    let confirmed = form::read::<BankForm>(&String::from_utf8_lossy(&body)).is_ok_and(|sent| sent.action == "confirm");
    Ok(match stub.with(|state| answered(state, &id, confirmed)) {
        Ok(Some(url)) => go(&url),
        Ok(None) => over(StatusCode::OK, "Thank you. You can close this page."),
        Err(problem) => over(problem.status, &message(&problem)),
    })
}

/// Where the payer goes after the bank's page.
fn answered(state: &mut State, id: &str, confirmed: bool) -> Result<Option<String>, Problem> {
    let is_setup = id.starts_with("seti_");
    if is_setup {
        setup::answered(state, id, confirmed)?;
    } else {
        intent::answered(state, id, confirmed)?;
    }
    let of = |session: &&Session| [&session.intent, &session.setup].into_iter().flatten().any(|behind| behind == id);
    let session = state.sessions.iter().find(of).cloned();
    if let Some(session) = session {
        if !confirmed {
            return Ok(Some(session.url));
        }
        session::complete(state, &session.id)?;
        return Ok(Some(landing(&session.success_url, &session.id)));
    }
    let return_url = if is_setup {
        state.setups.get(id)?.return_url().map(str::to_owned)
    } else {
        state.intents.get(id)?.return_url.clone()
    };
    let status = if confirmed { "succeeded" } else { "failed" };
    let word = if is_setup { "setup_intent" } else { "payment_intent" };
    Ok(return_url.map(|url| {
        let sign = if url.contains('?') { '&' } else { '?' };
        format!("{url}{sign}{word}={id}&redirect_status={status}")
    }))
}

/// The caller's URL, with the session where they want it.
fn landing(url: &str, session: &str) -> String {
    url.replace("{CHECKOUT_SESSION_ID}", session)
}

/// Month and year of `12/34`, if not over at `now` (unix seconds).
fn expiry(text: &str, now: i64) -> Option<(u8, u16)> {
    let (month, year) = text.split_once('/')?;
    let (month, year): (u8, u16) = (month.trim().parse().ok()?, year.trim().parse().ok()?);
    let year = if year < 100 { year.saturating_add(2000) } else { year };
    let first_after = chrono::NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), 1)?
        .checked_add_months(chrono::Months::new(1))?;
    (first_after.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() > now).then_some((month, year))
}

fn id(request: &Request) -> String {
    request.path_params().unwrap_or_default()
}

fn message(problem: &Problem) -> String {
    let body = problem.json();
    let message = body.pointer("/error/message").and_then(serde_json::Value::as_str);
    message.unwrap_or("That did not work.").to_owned()
}

/// An amount as people write it.
fn shown(minor: i64, currency: &str) -> String {
    from_stripe(minor, currency).map_or_else(|| format!("{minor} {currency}"), |money| money.to_string())
}

fn checkout_page(session: &Session, error: Option<&str>, card: &str) -> Response {
    let lines = session.lines.iter().map(|line| {
        let name = if line.quantity == 1 { line.name.clone() } else { format!("{} × {}", line.quantity, line.name) };
        (name, shown(line.amount, &session.currency))
    });
    let page_of = CheckoutPage {
        session,
        total: shown(session.amount, &session.currency),
        lines: lines.collect(),
        error: error.map(str::to_owned),
        card,
    };
    page(if error.is_some() { StatusCode::PAYMENT_REQUIRED } else { StatusCode::OK }, &page_of)
}

fn over(status: StatusCode, message: &str) -> Response {
    page(status, &OverPage { message })
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    match template.render() {
        Ok(text) => Html(text)
            .with_status(status)
            .with_header(header::CONTENT_SECURITY_POLICY, POLICY)
            .with_header(header::CACHE_CONTROL, "no-store")
            .with_header(header::REFERRER_POLICY, "no-referrer")
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the payment stub could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// 303: what follows is a page to look at.
fn go(url: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, url).finish()
}
