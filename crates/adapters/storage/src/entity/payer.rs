use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer: Uuid,
    pub(crate) payer: Option<String>,
    pub(crate) top_up: Option<String>,
    pub(crate) version: i64,
    pub(crate) below: Option<i64>,
    pub(crate) paying: Option<Uuid>,
    pub(crate) look_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
