//! Mails that wait.

use async_trait::async_trait;
use domain::{CustomerId, Instant, TenantId};
use ports::{Event, MailStatus, Outbox, OutboxMail, Page, PageAsk, Reply, StoreError};
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::connect::{conflict_or_fault, fault};
use crate::entity::mail::{Column, Entity, Model};
use crate::journal::{all, order, page_of};
use crate::keys::keep;
use crate::row::{self, mail_row, millis};
use crate::sql::{columns, dated, dated_cursor, values};
use crate::{Store, events};

/// Adds a mail, unless one with its id is there; whether it did.
pub(crate) async fn add(to: &impl ConnectionTrait, tenant: TenantId, mail: &OutboxMail) -> Result<bool, DbErr> {
    let once = OnConflict::columns([Column::Tenant, Column::Id]).do_nothing().to_owned();
    let insert = Entity::insert(mail_row(tenant, mail)?.into_active_model().reset_all()).on_conflict(once);
    Ok(insert.exec_without_returning(to).await? == 1)
}

/// Takes a mail until `until`; false where someone else was first.
async fn claim(to: &impl ConnectionTrait, seen: &Model, until: Instant) -> Result<bool, DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(millis(until)))
        .col_expr(Column::Tries, Expr::value(seen.tries.saturating_add(1)))
        .filter(Column::Tenant.eq(seen.tenant))
        .filter(Column::Id.eq(&seen.id))
        .filter(Column::DueAt.eq(seen.due_at))
        .filter(Column::Tries.eq(seen.tries));
    Ok(update.exec(to).await?.rows_affected == 1)
}

#[async_trait]
impl Outbox for Store {
    async fn queue(
        &self,
        tenant: TenantId,
        mail: &OutboxMail,
        event: Option<&Event>,
        reply: Option<&Reply>,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        if add(&*transaction, tenant, mail).await.map_err(fault)? {
            events::add(&*transaction, tenant, event).await?;
        }
        keep(&*transaction, tenant, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn take(&self, at: Instant, until: Instant, limit: u32) -> Result<Vec<(TenantId, OutboxMail)>, StoreError> {
        let due = Entity::find()
            .filter(Column::DueAt.lte(millis(at)))
            // By id as well: takers who meet claim in one order, so that none waits for another in a circle.
            .order_by_asc(Column::DueAt)
            .order_by_asc(Column::Tenant)
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        let seen = due.all(&self.read).await.map_err(fault)?;
        // Mostly nothing is due, and who asks for that takes no writers' turn.
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = self.begin().await.map_err(fault)?;
        let mut taken = Vec::with_capacity(seen.len());
        for row in seen {
            if claim(&*transaction, &row, until).await.map_err(fault)? {
                let (tenant, tries) = (TenantId(row.tenant), row.tries.saturating_add(1));
                let row = Model { due_at: Some(millis(until)), tries, ..row };
                taken.push((tenant, row::mail(row).map_err(fault)?));
            }
        }
        transaction.commit().await.map_err(fault)?;
        Ok(taken)
    }

    async fn tried(&self, tenant: TenantId, mail: &OutboxMail) -> Result<(), StoreError> {
        let again = mail.status == MailStatus::Queued;
        let condition = Condition::all()
            .add(Column::Tenant.eq(tenant.0))
            .add(Column::Id.eq(&mail.id))
            .add(Column::Status.eq(MailStatus::Queued.word()))
            .add_option(again.then(|| Column::Tries.eq(i64::from(mail.tries))));
        let update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(mail.status.word()))
            .col_expr(Column::DueAt, Expr::value(mail.due_at.map(millis)))
            .col_expr(Column::Error, Expr::value(mail.error.clone()))
            .filter(condition);
        let transaction = self.begin().await.map_err(fault)?;
        update.exec(&*transaction).await.map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn mails(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        ask: &PageAsk,
    ) -> Result<Page<OutboxMail>, StoreError> {
        let place = [Column::WrittenAt, Column::Id];
        let after = ask.cursor.as_deref().map(dated::<String>).transpose()?.map(|(at, id)| {
            let after = values([millis(at).into(), id.into()]);
            if ask.oldest_first { columns(place).gt(after) } else { columns(place).lt(after) }
        });
        let condition =
            Condition::all().add(Column::Tenant.eq(tenant.0)).add(Column::Customer.eq(customer.0)).add_option(after);
        let query = Entity::find()
            .filter(condition)
            .order_by(Column::WrittenAt, order(ask))
            .order_by(Column::Id, order(ask))
            .limit(u64::from(ask.limit) + 1);
        let mails = all(query.all(&self.read).await.map_err(fault)?, row::mail)?;
        Ok(page_of(mails, ask, |mail| dated_cursor(mail.written_at, &mail.id)))
    }
}
