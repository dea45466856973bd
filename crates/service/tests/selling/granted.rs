//! Packs that are granted without being sold (R9, R37).

use domain::{Billing, Country, CustomerId, Money};
use folio_service::balance;
use folio_service::customer::{SignUp, sign_up};
use folio_service::grant::{Ask, Terms, grant};
use ports::CommandKey;

use crate::world::{CATALOG, World, all};

/// A catalog of a German seller with a pack for 11.90.
fn german(prices: &str) -> String {
    CATALOG
        .replace("price = \"19.00\"", "price = \"11.90\"")
        .replace("country = \"US\" # ISO 3166", "country = \"DE\"")
        .replace("tax_id = \"00-1234567\"", "tax_id = \"DE123456788\"")
        .replace("prices = \"exclusive\"", &format!("prices = \"{prices}\""))
        .replace("new_york = { country = \"US\", region = \"NY\"", "germany = { country = \"DE\"")
        .replace("rate = \"8.875\"", "rate = \"19\"")
}

async fn customer_in(world: &World, country: Option<&str>) -> CustomerId {
    let country = country.map(|code| Country::from_code(code).expect("a country"));
    let asked = SignUp { billing: Billing { country, ..Billing::default() }, ..SignUp::default() };
    sign_up(&world.ctx, &world.tenant, asked, None).await.expect("signed up").customer.id
}

/// What a granted Starter pack is taken to have cost.
async fn cost(world: &World, customer: CustomerId) -> Option<Money> {
    let terms = Terms::Pack("starter".to_owned());
    let ask = Ask { terms, label: None, priority: None, effective_at: None, reason: None };
    let key = CommandKey { text: format!("grant-{}", world.ctx.ids.id()), fingerprint: 1 };
    grant(&world.ctx, world.tenant.id, customer, ask, key).await.expect("granted");
    let (grants, _) = balance::breakdown(&world.ctx, world.tenant.id, customer, &all()).await.expect("grants");
    grants.items.last().expect("a grant").grant.cost
}

#[tokio::test]
async fn r37_a_granted_pack_costs_what_its_sale_would_bring_net_of_tax() {
    let cases = [
        ("inclusive", None, 1_000),
        ("inclusive", Some("DE"), 1_000),
        ("inclusive", Some("US"), 1_190),
        ("exclusive", None, 1_190),
    ];
    for (prices, country, net) in cases {
        let world = World::selling(&german(prices)).await;
        let customer = customer_in(&world, country).await;
        let cost = cost(&world, customer).await.map(|cost| cost.minor);
        assert_eq!(cost, Some(net), "{prices}, {country:?}");
    }
}

#[tokio::test]
async fn r37_a_granted_pack_costs_its_list_price_where_nobody_sells() {
    let seller = CATALOG.find("# Who sells").expect("a seller");
    let world = World::selling(&CATALOG[..seller]).await;
    let cost = cost(&world, world.customer().await).await.map(|cost| cost.minor);
    assert_eq!(cost, Some(1_900));
}
