use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) customer: Uuid,
    pub(crate) status: String,
    pub(crate) due_at: Option<i64>,
    pub(crate) tries: i64,
    pub(crate) written_at: i64,
    pub(crate) to_name: Option<String>,
    pub(crate) to_address: String,
    pub(crate) occasion: String,
    pub(crate) error: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
