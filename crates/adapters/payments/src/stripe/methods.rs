//! Customers and their cards.

use async_trait::async_trait;
use ports::{Method, MethodId, PayerAsk, PayerId, PaymentError, PaymentMethods, SaveAsk};

use super::Stripe;
use super::client::{Answer, Failure, Form};
use super::payments::{pairs, path};
use super::wire::{Customer, List, PaymentMethod, Session};

#[async_trait]
impl PaymentMethods for Stripe {
    async fn payer(&self, ask: &PayerAsk) -> Result<PayerId, PaymentError> {
        let mut form = pairs([("metadata[folio_reference]", ask.reference.as_str())]);
        form.extend(ask.name.iter().map(|name| ("name".to_owned(), name.clone())));
        form.extend(ask.email.iter().map(|email| ("email".to_owned(), email.clone())));
        let key = format!("payer-{}", ask.reference.as_str());
        let Answer { object, .. } = self.client.post_unlooked::<Customer>("customers", &form, &key).await?;
        Ok(PayerId(object.id))
    }

    async fn save_method(&self, ask: &SaveAsk) -> Result<String, PaymentError> {
        let form = pairs([
            ("mode", "setup"),
            ("customer", &ask.payer.0),
            ("currency", &ask.currency.code().to_ascii_lowercase()),
            ("payment_method_types[0]", "card"),
            ("metadata[folio_reference]", ask.reference.as_str()),
            ("success_url", &ask.success_url),
            ("cancel_url", &ask.cancel_url),
        ]);
        let key = format!("save-{}", ask.reference.as_str());
        let Answer { object, .. } = self.client.post_unlooked::<Session>("checkout/sessions", &form, &key).await?;
        object.url.ok_or_else(|| PaymentError::OutcomeUnknown("a page without a URL".into()))
    }

    async fn methods(&self, payer: &PayerId) -> Result<Vec<Method>, PaymentError> {
        let mut methods = Vec::new();
        let mut query = pairs([("customer", &payer.0), ("type", "card"), ("limit", "100")]);
        loop {
            let List { data, has_more } = self.client.get::<List<PaymentMethod>>("payment_methods", &query).await?;
            let last = data.last().map(|method| method.id.clone());
            methods.extend(data.into_iter().filter_map(method));
            let Some(last) = last.filter(|_| has_more) else { return Ok(methods) };
            query.retain(|(name, _)| name != "starting_after");
            query.push(("starting_after".to_owned(), last));
        }
    }

    async fn remove_method(&self, payer: &PayerId, method: &MethodId) -> Result<(), PaymentError> {
        let path = path("payment_methods", &method.0)?;
        let found: PaymentMethod = self.client.get(&path, &Form::new()).await?;
        if found.customer.as_ref() != Some(&payer.0) {
            return Err(PaymentError::NotFound);
        }
        match self.client.post_unkeyed::<PaymentMethod>(&format!("{path}/detach")).await {
            // Someone else was quicker, or our first attempt was.
            Ok(_) | Err(Failure::Said(reqwest::StatusCode::BAD_REQUEST, _)) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}

fn method(found: PaymentMethod) -> Option<Method> {
    let card = found.card?;
    Some(Method {
        id: MethodId(found.id),
        brand: card.brand,
        last4: card.last4,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
    })
}
