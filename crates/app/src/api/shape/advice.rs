//! What to buy.

use domain::{Advice, Basket, Catalog};
use poem_openapi::Object;

use crate::api::problem::SuggestedPack;
use crate::api::wire::MoneyBody;

/// So many of some packs.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Basket")]
pub(crate) struct BasketBody {
    /// Which packs, how many of each.
    pub(crate) packs: Vec<SuggestedPack>,
    /// Credits of all of them.
    pub(crate) credits: u64,
    /// Price of all of them.
    pub(crate) price: MoneyBody,
}

impl From<&Basket> for BasketBody {
    fn from(basket: &Basket) -> Self {
        let pack = |(pack, quantity): &(String, u32)| SuggestedPack { pack: pack.clone(), quantity: *quantity };
        Self { packs: basket.packs.iter().map(pack).collect(), credits: basket.credits, price: basket.price.into() }
    }
}

/// What to buy for a need.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Advice", skip_serializing_if_is_none)]
pub(crate) struct AdviceBody {
    /// Credits needed.
    pub(crate) pages: u64,
    /// The cheapest combination of packs that covers it.
    pub(crate) best: Option<BasketBody>,
    /// The cheapest single pack that covers it.
    pub(crate) single: Option<BasketBody>,
    /// The need is above the largest pack: ask for a quote.
    pub(crate) contact_sales: bool,
    /// Where to ask.
    pub(crate) contact_url: Option<String>,
}

impl AdviceBody {
    /// The advice for a need.
    pub(crate) fn of(pages: u64, advice: &Advice, catalog: &Catalog) -> Self {
        Self {
            pages,
            best: advice.best.as_ref().map(BasketBody::from),
            single: advice.single.as_ref().map(BasketBody::from),
            contact_sales: advice.contact_sales,
            contact_url: catalog.links.support.clone().filter(|_| advice.contact_sales),
        }
    }
}
