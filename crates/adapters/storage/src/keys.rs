//! Tenants, keys, and answers kept under idempotency keys.

use async_trait::async_trait;
use domain::{CustomerId, Instant, KeyId, Mode, Tenant, TenantId};
use ports::{ApiKey, Caller, Keys, Page, PageAsk, Reply, StoreError, Tenants};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::{conflict_or_fault, fault, in_time};
use crate::entity::{api_key, catalog, reply, tenant};
use crate::journal::page_of;
use crate::row::{damaged, from_text, maybe_time, millis, number, time, to_text};

fn hash_bytes(text: &str) -> Result<[u8; 32], DbErr> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| damaged("hash"))?;
    Ok(hash)
}

fn key_row(key: &ApiKey) -> Result<api_key::ActiveModel, DbErr> {
    Ok(api_key::Model {
        tenant: key.tenant.0,
        id: key.id.0,
        customer: key.customer.map(|customer| customer.0),
        name: key.name.clone(),
        scopes: to_text(&key.scopes)?,
        hash: hex::encode(key.hash),
        hint: key.hint.clone(),
        created_at: millis(key.created_at),
        expires_at: key.expires_at.map(millis),
        revoked_at: key.revoked_at.map(millis),
    }
    .into_active_model()
    .reset_all())
}

fn read_key(row: api_key::Model) -> Result<ApiKey, DbErr> {
    Ok(ApiKey {
        id: KeyId(row.id),
        tenant: TenantId(row.tenant),
        customer: row.customer.map(CustomerId),
        name: row.name,
        scopes: from_text(&row.scopes, "key")?,
        hash: hash_bytes(&row.hash)?,
        hint: row.hint,
        created_at: time(row.created_at)?,
        expires_at: maybe_time(row.expires_at)?,
        revoked_at: maybe_time(row.revoked_at)?,
    })
}

fn read_tenant(row: tenant::Model) -> Result<Tenant, DbErr> {
    Ok(Tenant {
        id: TenantId(row.id),
        name: row.name,
        mode: Mode::from_word(&row.mode).ok_or_else(|| damaged("mode"))?,
        created_at: time(row.created_at)?,
    })
}

fn reply_row(tenant: TenantId, kept: &Reply) -> reply::Model {
    reply::Model {
        tenant: tenant.0,
        key: kept.key.clone(),
        fingerprint: kept.fingerprint.cast_signed(),
        status: kept.status.into(),
        body: kept.body.clone(),
    }
}

/// Keeps an answer in the transaction of its effect (R40).
pub(crate) async fn keep(to: &impl ConnectionTrait, tenant: TenantId, reply: Option<&Reply>) -> Result<(), DbErr> {
    let Some(kept) = reply else { return Ok(()) };
    reply::Entity::insert(reply_row(tenant, kept).into_active_model().reset_all())
        .exec_without_returning(to)
        .await
        .map(drop)
}

/// The same in the place of an earlier answer to the same request.
pub(crate) async fn keep_last(
    to: &impl ConnectionTrait,
    tenant: TenantId,
    reply: Option<&Reply>,
) -> Result<(), StoreError> {
    use reply::Column;
    let Some(kept) = reply else { return Ok(()) };
    let same = Expr::col((reply::Entity, Column::Fingerprint)).eq(kept.fingerprint.cast_signed());
    let or_replace = OnConflict::columns([Column::Tenant, Column::Key])
        .update_columns([Column::Status, Column::Body])
        .action_and_where(same)
        .to_owned();
    let insert = reply::Entity::insert(reply_row(tenant, kept).into_active_model().reset_all()).on_conflict(or_replace);
    let written = insert.exec_without_returning(to).await.map_err(fault)?;
    if written == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

impl Store {
    async fn key_of(&self, tenant: TenantId, id: KeyId) -> Result<Option<api_key::Model>, DbErr> {
        api_key::Entity::find_by_id((tenant.0, id.0)).one(&self.read).await
    }

    async fn row_by_hash(&self, hash: &[u8; 32]) -> Result<Option<(api_key::Model, tenant::Model)>, DbErr> {
        let found = api_key::Entity::find().filter(api_key::Column::Hash.eq(hex::encode(hash))).one(&self.read).await?;
        let Some(row) = found else { return Ok(None) };
        let owner = tenant::Entity::find_by_id(row.tenant).one(&self.read).await?;
        Ok(owner.map(|owner| (row, owner)))
    }

    async fn insert_key(&self, to: &impl ConnectionTrait, key: &ApiKey, reply: Option<&Reply>) -> Result<(), DbErr> {
        api_key::Entity::insert(key_row(key)?).exec_without_returning(to).await?;
        keep(to, key.tenant, reply).await
    }
}

#[async_trait]
impl Keys for Store {
    async fn create(&self, key: &ApiKey, reply: Option<&Reply>) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        self.insert_key(&*transaction, key, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<Caller>, StoreError> {
        // Every call asks this first, and so none waits for a database that says nothing.
        let found = in_time(self.row_by_hash(hash)).await.map_err(fault)?;
        let Some((row, owner)) = found else { return Ok(None) };
        let key = read_key(row).map_err(fault)?;
        Ok(Some(Caller { key, tenant: read_tenant(owner).map_err(fault)? }))
    }

    async fn get(&self, tenant: TenantId, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        let row = self.key_of(tenant, id).await.map_err(fault)?;
        row.map(read_key).transpose().map_err(fault)
    }

    async fn list(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<ApiKey>, StoreError> {
        use api_key::Column;
        let mut query = api_key::Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .order_by(Column::Id, if page.oldest_first { sea_orm::Order::Asc } else { sea_orm::Order::Desc })
            .limit(u64::from(page.limit) + 1);
        if let Some(cursor) = &page.cursor {
            let id: KeyId = cursor.parse().map_err(|_| StoreError::BadCursor)?;
            query = query.filter(if page.oldest_first { Column::Id.gt(id.0) } else { Column::Id.lt(id.0) });
        }
        let rows = query.all(&self.read).await.map_err(fault)?;
        let keys = rows.into_iter().map(read_key).collect::<Result<Vec<_>, _>>().map_err(fault)?;
        Ok(page_of(keys, page, |key| key.id.to_string()))
    }

    async fn revoke(&self, tenant: TenantId, id: KeyId, at: Instant) -> Result<Option<ApiKey>, StoreError> {
        let Some(row) = self.key_of(tenant, id).await.map_err(fault)? else { return Ok(None) };
        if row.revoked_at.is_some() {
            return read_key(row).map(Some).map_err(fault);
        }
        let mut row = row.into_active_model();
        row.revoked_at = Set(Some(millis(at)));
        let transaction = self.begin().await.map_err(fault)?;
        let row = row.update(&*transaction).await.map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        read_key(row).map(Some).map_err(fault)
    }

    async fn rotate(
        &self,
        tenant: TenantId,
        id: KeyId,
        until: Instant,
        new: &ApiKey,
        reply: Option<&Reply>,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        let old = api_key::Entity::find_by_id((tenant.0, id.0)).one(&*transaction).await.map_err(fault)?;
        let Some(old) = old else { return Ok(false) };
        // Never longer than it would have worked anyway.
        let end = old.expires_at.into_iter().chain([millis(until)]).min();
        let mut old = old.into_active_model();
        old.expires_at = Set(end);
        old.update(&*transaction).await.map_err(fault)?;
        self.insert_key(&*transaction, new, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(true)
    }

    async fn reply(&self, tenant: TenantId, key: &str) -> Result<Option<Reply>, StoreError> {
        let row = reply::Entity::find_by_id((tenant.0, key.to_owned())).one(&self.read).await.map_err(fault)?;
        let read = |row: reply::Model| {
            let fingerprint = row.fingerprint.cast_unsigned();
            Ok::<_, DbErr>(Reply { key: row.key, fingerprint, status: number(row.status)?, body: row.body })
        };
        row.map(read).transpose().map_err(fault)
    }
}

#[async_trait]
impl Tenants for Store {
    async fn create(&self, tenant: &Tenant, text: &str, key: &ApiKey) -> Result<(), StoreError> {
        let row = tenant::Model {
            id: tenant.id.0,
            name: tenant.name.clone(),
            mode: tenant.mode.word().to_owned(),
            created_at: millis(tenant.created_at),
        };
        let catalog = catalog::Model {
            tenant: tenant.id.0,
            version: 1,
            text: text.to_owned(),
            applied_at: millis(tenant.created_at),
        };
        let transaction = self.begin().await.map_err(fault)?;
        let insert = tenant::Entity::insert(row.into_active_model().reset_all());
        insert.exec_without_returning(&*transaction).await.map_err(conflict_or_fault)?;
        let insert = catalog::Entity::insert(catalog.into_active_model().reset_all());
        insert.exec_without_returning(&*transaction).await.map_err(conflict_or_fault)?;
        self.insert_key(&*transaction, key, None).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Tenant>, StoreError> {
        let by_id = name_or_id.parse::<TenantId>().map_or(Uuid::nil(), |id| id.0);
        let either = tenant::Column::Name.eq(name_or_id).or(tenant::Column::Id.eq(by_id));
        let row = tenant::Entity::find().filter(either).one(&self.read).await.map_err(fault)?;
        row.map(read_tenant).transpose().map_err(fault)
    }

    async fn all(&self) -> Result<Vec<Tenant>, StoreError> {
        let rows = tenant::Entity::find().order_by_asc(tenant::Column::Id).all(&self.read).await.map_err(fault)?;
        rows.into_iter().map(read_tenant).collect::<Result<_, _>>().map_err(fault)
    }
}
