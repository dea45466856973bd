//! Who the customers are.

use async_trait::async_trait;
use domain::{ClockId, Customer, CustomerId, CustomerRef, TenantId};
use ports::{CustomerBook, CustomerChange, Customers, Page, PageAsk, StoreError};
use sea_orm::sea_query::Order;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
};

use crate::connect::fault;
use crate::entity::{self, book, clock};
use crate::row::{
    self, Pairs, billing_from_text, billing_to_text, damaged, from_text, maybe_time, millis, time, to_text,
};
use crate::sql::Row;
use crate::{Store, journal::page_of};

/// A customer to be written, in the order of the table's columns.
pub(crate) fn customer_row(tenant: TenantId, customer: &Customer) -> Row {
    vec![
        tenant.0.into(),
        customer.id.0.into(),
        customer.external_id.clone().into(),
        customer.name.clone().into(),
        customer.email.clone().into(),
        customer.zone.name().into(),
        customer.clock.map(|clock| clock.0).into(),
        millis(customer.created_at).into(),
        to_text(&customer.metadata).unwrap_or_else(|_| "[]".to_owned()).into(),
        billing_to_text(&customer.billing).unwrap_or_default().into(),
    ]
}

/// Reads a customer back.
pub(crate) fn customer(row: entity::customer::Model) -> Result<Customer, DbErr> {
    Ok(Customer {
        id: CustomerId(row.customer),
        external_id: row.external_id,
        name: row.name,
        email: row.email,
        zone: row.zone.parse().map_err(|_| damaged("time zone"))?,
        clock: row.clock.map(ClockId),
        created_at: time(row.created_at)?,
        metadata: from_text::<Pairs>(&row.metadata, "metadata")?,
        billing: billing_from_text(row.billing.as_deref())?,
    })
}

impl Store {
    async fn customer_row(&self, tenant: TenantId, id: CustomerId) -> Result<Option<entity::customer::Model>, DbErr> {
        entity::customer::Entity::find_by_id((tenant.0, id.0)).one(&self.read).await
    }

    async fn book_of(&self, tenant: TenantId, id: CustomerId) -> Result<Option<CustomerBook>, DbErr> {
        let Some(book_row) = book::Entity::find_by_id((tenant.0, id.0)).one(&self.read).await? else {
            return Ok(None);
        };
        let Some(profile) = self.customer_row(tenant, id).await? else { return Ok(None) };
        let frozen_at = match book_row.clock {
            Some(id) => {
                let clock = clock::Entity::find_by_id((tenant.0, id)).one(&self.read).await?;
                maybe_time(clock.map(|clock| clock.frozen_at))?
            }
            None => None,
        };
        Ok(Some(CustomerBook { customer: customer(profile)?, book: row::book(&book_row)?, frozen_at }))
    }
}

#[async_trait]
impl Customers for Store {
    async fn resolve(&self, tenant: TenantId, customer: &CustomerRef) -> Result<Option<CustomerId>, StoreError> {
        use entity::customer::Column;
        let key = (tenant, customer.clone());
        if let Some(id) = self.known.lock().ok().and_then(|mut known| known.get(&key).copied()) {
            return Ok(Some(id));
        }
        let named = match customer {
            CustomerRef::Id(id) => Column::Customer.eq(id.0),
            CustomerRef::External(external_id) => Column::ExternalId.eq(external_id),
        };
        let query = entity::customer::Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(named);
        let found = query.one(&self.read).await.map_err(fault)?.map(|row| CustomerId(row.customer));
        if let (Some(id), Ok(mut known)) = (found, self.known.lock()) {
            known.put(key, id);
        }
        Ok(found)
    }

    async fn get(&self, tenant: TenantId, id: CustomerId) -> Result<Option<CustomerBook>, StoreError> {
        self.book_of(tenant, id).await.map_err(fault)
    }

    async fn list(&self, tenant: TenantId, email: Option<&str>, page: &PageAsk) -> Result<Page<Customer>, StoreError> {
        use entity::customer::Column;
        let order = if page.oldest_first { Order::Asc } else { Order::Desc };
        let mut query = entity::customer::Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .order_by(Column::Customer, order)
            .limit(u64::from(page.limit) + 1);
        if let Some(email) = email {
            query = query.filter(Column::Email.eq(email));
        }
        if let Some(cursor) = &page.cursor {
            let id: CustomerId = cursor.parse().map_err(|_| StoreError::BadCursor)?;
            query = query.filter(if page.oldest_first { Column::Customer.gt(id.0) } else { Column::Customer.lt(id.0) });
        }
        let rows = query.all(&self.read).await.map_err(fault)?;
        let customers = rows.into_iter().map(customer).collect::<Result<Vec<_>, _>>().map_err(fault)?;
        Ok(page_of(customers, page, |customer| customer.id.to_string()))
    }

    async fn change(
        &self,
        tenant: TenantId,
        id: CustomerId,
        change: CustomerChange,
    ) -> Result<Option<Customer>, StoreError> {
        let Some(row) = self.customer_row(tenant, id).await.map_err(fault)? else { return Ok(None) };
        let mut row = row.into_active_model();
        if let Some(name) = change.name {
            row.name = Set(name);
        }
        if let Some(email) = change.email {
            row.email = Set(email);
        }
        if let Some(zone) = change.zone {
            row.zone = Set(zone.name().to_owned());
        }
        if let Some(metadata) = change.metadata {
            row.metadata = Set(to_text(&metadata).map_err(fault)?);
        }
        if let Some(billing) = change.billing {
            row.billing = Set(billing_to_text(&billing).map_err(fault)?);
        }
        if row.is_changed() {
            let transaction = self.begin().await.map_err(fault)?;
            let row = row.update(&*transaction).await.map_err(fault)?;
            transaction.commit().await.map_err(fault)?;
            return customer(row).map(Some).map_err(fault);
        }
        let row = self.customer_row(tenant, id).await.map_err(fault)?;
        row.map(customer).transpose().map_err(fault)
    }
}
