use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) customer: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) sequence: i64,
    pub(crate) kind: String,
    pub(crate) at: i64,
    pub(crate) effective_at: i64,
    pub(crate) postings: String,
    pub(crate) available: i64,
    pub(crate) held: i64,
    pub(crate) key: Option<String>,
    pub(crate) part: Option<i64>,
    pub(crate) fingerprint: Option<i64>,
    pub(crate) detail: Option<String>,
    pub(crate) hold_after: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
