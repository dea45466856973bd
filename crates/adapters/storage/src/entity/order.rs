use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) customer: Uuid,
    pub(crate) status: String,
    pub(crate) version: i64,
    pub(crate) clock: Option<Uuid>,
    pub(crate) ask_at: Option<i64>,
    pub(crate) ends_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) in_reports: bool,
    pub(crate) body: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
