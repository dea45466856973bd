//! The catalog as code, and its offers (R21–R24).

use domain::advise;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use ports::Published;
use serde::Deserialize;
use service::{Context, Failure, Once, catalog, publish};

use super::{Order, Tag};
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::codes::Code;
use crate::api::flaw::FieldCode;
use crate::api::idempotency::IdempotencyKey;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::shape::{
    AdviceBody, AppliedBody, CatalogBody, ChangeBody, DiffBody, List, Nullable, OperationBody, PackBody, PlanBody, page,
};
use crate::api::wire::Limit;
use crate::http::auth::{Caller, Operator};
use crate::http::scope::Scope;

/// A catalog file.
#[derive(Clone, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogRequest {
    /// The file, as TOML.
    toml: String,
}

/// A catalog without flaws.
#[derive(Clone, Debug, Object)]
pub(crate) struct ValidBody {
    /// Always true: a catalog with flaws is a problem.
    valid: bool,
    /// How many operations it prices.
    operations: u32,
    /// How many packs it sells.
    packs: u32,
    /// How many plans it offers.
    plans: u32,
}

/// A list that is never long.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Operations")]
pub(crate) struct Operations {
    /// In the catalog's order.
    data: Vec<OperationBody>,
    /// Always `null`.
    next_cursor: Nullable<String>,
}

/// A list that is never long.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Packs")]
pub(crate) struct Packs {
    /// In the catalog's order.
    data: Vec<PackBody>,
    /// Always `null`.
    next_cursor: Nullable<String>,
}

/// A list that is never long.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Plans")]
pub(crate) struct Plans {
    /// In the catalog's order.
    data: Vec<PlanBody>,
    /// Always `null`.
    next_cursor: Nullable<String>,
}

pub(crate) struct Catalogs;

#[OpenApi(tag = "Tag::Catalog")]
impl Catalogs {
    /// Get the catalog
    ///
    /// The version in force. Its `ETag` is the version: send it as `If-Match` when you apply another.
    #[oai(path = "/v1/catalog", method = "get", operation_id = "getCatalog")]
    async fn get(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        #[oai(name = "If-None-Match")] if_none_match: Header<Option<String>>,
    ) -> Result<Answer<CatalogBody>, refused!(CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let priced = ctx.catalog(caller.tenant_id()).await?;
        let body = version_of(&ctx, &caller, priced.version).await?;
        Ok(Answer::of(&body).tagged(&priced.version.to_string(), if_none_match.0.as_deref()))
    }

    /// List catalog versions
    #[oai(path = "/v1/catalog/versions", method = "get", operation_id = "listCatalogVersions")]
    async fn versions(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        cursor: Query<Option<String>>,
        limit: Query<Option<Limit<100>>>,
        order: Query<Option<Order>>,
    ) -> Result<Answer<List<AppliedBody>>, refused!()> {
        caller.require(Scope::Read)?;
        let ask = page((cursor.0, limit.0), Order::oldest_first(order.0));
        let versions = ctx.catalogs.versions(caller.tenant_id(), &ask).await.map_err(Failure::from)?;
        Ok(Answer::of(&List::of(versions, |published| AppliedBody::from(&published))))
    }

    /// Get a catalog version
    #[oai(path = "/v1/catalog/versions/:version", method = "get", operation_id = "getCatalogVersion")]
    async fn version(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        version: Path<u32>,
    ) -> Result<Answer<CatalogBody>, refused!(CatalogNotFound)> {
        caller.require(Scope::Read)?;
        Ok(Answer::of(&version_of(&ctx, &caller, version.0).await?))
    }

    /// Validate a catalog
    ///
    /// Reads a catalog file as a whole and reports everything that is wrong with it.
    #[expect(clippy::unused_async, reason = "operations are async")]
    #[oai(path = "/v1/catalog/validate", method = "post", operation_id = "validateCatalog")]
    async fn validate(
        &self,
        caller: Operator,
        body: StrictJson<CatalogRequest>,
    ) -> Result<Answer<ValidBody>, refused!(CatalogInvalid)> {
        caller.require(Scope::Read)?;
        let catalog = catalog::parse(&body.toml).map_err(Failure::CatalogInvalid)?;
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        Ok(Answer::of(&ValidBody {
            valid: true,
            operations: count(catalog.operations.len()),
            packs: count(catalog.packs.len()),
            plans: count(catalog.plans.len()),
        }))
    }

    /// Compare a catalog with the one in force
    #[oai(path = "/v1/catalog/diff", method = "post", operation_id = "diffCatalog")]
    async fn diff(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        body: StrictJson<CatalogRequest>,
    ) -> Result<Answer<DiffBody>, refused!(CatalogInvalid, CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let (base, changes) = publish::diff(&ctx, caller.tenant_id(), &body.toml).await?;
        let changes = changes.iter().map(ChangeBody::from).collect();
        Ok(Answer::of(&DiffBody { base, changes }))
    }

    /// Apply a catalog
    ///
    /// Puts it in force as the next version, all of it or nothing. What was bought keeps its terms. With `If-Match`,
    /// only if that version still is in force.
    #[oai(path = "/v1/catalog/apply", method = "post", operation_id = "applyCatalog")]
    async fn apply(
        &self,
        ctx: Data<&Context>,
        caller: Operator,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        #[oai(name = "Idempotency-Key")] idempotency_key: Header<Option<IdempotencyKey>>,
        body: StrictJson<CatalogRequest>,
    ) -> Result<Answer<AppliedBody>, refused!(CatalogInvalid, CatalogNotFound, EtagMismatch)> {
        caller.require(Scope::Catalog)?;
        let base = if_match.0.as_deref().map(matched).transpose()?.flatten();
        let fingerprint = body.fingerprint();
        let render = |published: &Published| Answer::<AppliedBody>::render(&published.into());
        let once = idempotency_key.0.map(|key| Once { key: key.into_text(), fingerprint, render: &render });
        let kept = publish::apply(&ctx, caller.tenant_id(), base, &body.toml, once).await?;
        Ok(Answer::told(kept, |published| AppliedBody::from(&published)))
    }

    /// List operations
    ///
    /// The price list: every billable operation with its price per unit, free ones too.
    #[oai(path = "/v1/operations", method = "get", operation_id = "listOperations")]
    async fn operations(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
    ) -> Result<Answer<Operations>, refused!(CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let catalog = ctx.catalog(caller.tenant_id()).await?.catalog;
        let data = catalog.operations.iter().map(OperationBody::from).collect();
        Ok(Answer::of(&Operations { data, next_cursor: Nullable(None) }))
    }

    /// List packs
    ///
    /// The packs that everybody can buy, in the catalog's order.
    #[oai(path = "/v1/packs", method = "get", operation_id = "listPacks")]
    async fn packs(&self, ctx: Data<&Context>, caller: Caller) -> Result<Answer<Packs>, refused!(CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let catalog = ctx.catalog(caller.tenant_id()).await?.catalog;
        let data = catalog.public_packs().map(PackBody::from).collect();
        Ok(Answer::of(&Packs { data, next_cursor: Nullable(None) }))
    }

    /// List plans
    #[oai(path = "/v1/plans", method = "get", operation_id = "listPlans")]
    async fn plans(&self, ctx: Data<&Context>, caller: Caller) -> Result<Answer<Plans>, refused!(CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let catalog = ctx.catalog(caller.tenant_id()).await?.catalog;
        let data = catalog.public_plans().map(PlanBody::from).collect();
        Ok(Answer::of(&Plans { data, next_cursor: Nullable(None) }))
    }

    /// Advise on packs
    ///
    /// The cheapest packs for so many pages: the best combination, the best single pack, and whether to ask for a
    /// quote.
    #[oai(path = "/v1/packs/advice", method = "get", operation_id = "advisePacks")]
    async fn advice(
        &self,
        ctx: Data<&Context>,
        caller: Caller,
        /// Credits needed, 1 to 10^12.
        #[oai(validator(minimum(value = "1"), maximum(value = "1000000000000")))]
        pages: Query<u64>,
    ) -> Result<Answer<AdviceBody>, refused!(CatalogNotFound)> {
        caller.require(Scope::Read)?;
        let catalog = ctx.catalog(caller.tenant_id()).await?.catalog;
        let packs: Vec<_> = catalog.public_packs().collect();
        Ok(Answer::of(&AdviceBody::of(pages.0, &advise(&packs, pages.0), &catalog)))
    }
}

/// The version that `If-Match` names; none for `*`.
fn matched(tag: &str) -> Result<Option<u32>, Problem> {
    if tag.trim() == "*" {
        return Ok(None);
    }
    let version = tag.trim().trim_start_matches("W/").trim_matches('"').parse().map(Some);
    version.map_err(|_| {
        let detail = "`If-Match` is the `ETag` of the catalog that you read.";
        Problem::new(Code::InvalidRequest, detail).at("/If-Match", FieldCode::Malformed.word(), detail)
    })
}

async fn version_of(ctx: &Context, caller: &Caller, version: u32) -> Result<CatalogBody, Problem> {
    let published = ctx.catalogs.get(caller.tenant_id(), version).await.map_err(Failure::from)?;
    let published = published.ok_or_else(|| Code::CatalogNotFound.problem())?;
    // It was valid when it was applied: flaws now are our own fault.
    let catalog = catalog::parse(&published.text).map_err(|_| Problem::fault("a published catalog has flaws"))?;
    Ok(CatalogBody::of(&published, &catalog))
}
