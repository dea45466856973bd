use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) source: String,
    pub(crate) label: String,
    pub(crate) amount: i64,
    pub(crate) cost_minor: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) priority: i64,
    pub(crate) effective_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) granted_at: i64,
    pub(crate) reason: Option<String>,
    pub(crate) expired: i64,
    pub(crate) revoked: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
