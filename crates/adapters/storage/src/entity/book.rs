use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "books")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer: Uuid,
    pub(crate) sequence: i64,
    pub(crate) last_at: i64,
    pub(crate) grants_made: i64,
    pub(crate) holds_made: i64,
    pub(crate) grants: String,
    pub(crate) free_tier: Option<String>,
    pub(crate) due_at: Option<i64>,
    pub(crate) clock: Option<Uuid>,
    pub(crate) frozen_since: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
