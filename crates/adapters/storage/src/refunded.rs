//! What was given back of each grant, kept for reports (R37).

use domain::{GrantId, TenantId};
use ports::PlacedOrder;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _};

use crate::entity::refunded::{Column, Entity, Model};

/// Writes down what an order tells now.
pub(crate) async fn project(to: &impl ConnectionTrait, tenant: TenantId, placed: &PlacedOrder) -> Result<(), DbErr> {
    if placed.refunds.is_empty() || placed.grants.is_empty() {
        return Ok(());
    }
    let row = |grant: &GrantId| {
        let (net, tax) = placed.refunded(*grant);
        let row = Model { tenant: tenant.0, customer: grant.customer.0, grant_number: grant.number.into(), net, tax };
        row.into_active_model().reset_all()
    };
    let or_change = OnConflict::columns([Column::Tenant, Column::Customer, Column::GrantNumber])
        .update_columns([Column::Net, Column::Tax])
        .to_owned();
    let insert = Entity::insert_many(placed.grants.iter().map(row)).on_conflict(or_change);
    insert.exec_without_returning(to).await.map(drop)
}
