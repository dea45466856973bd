//! The write door.

use async_trait::async_trait;
use domain::{CustomerId, Draft, Instant};

use super::Memory;
use super::records::Records;
use super::state::{Shelf, Spent};
use crate::{Command, CommandKey, Ledger, Opened, Opening, PostError, Posted};

#[async_trait]
impl Ledger for Memory {
    async fn post(&self, command: Command) -> Result<Posted, PostError> {
        let mut state = self.lock();
        let shelf = state.tenants.get_mut(&command.tenant).ok_or(PostError::CustomerNotFound)?;
        shelf.post(&command, self.clock.now())
    }

    async fn post_all(&self, commands: Vec<Command>) -> Vec<Result<Posted, PostError>> {
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            outcomes.push(self.post(command).await);
        }
        outcomes
    }

    async fn open(&self, opening: Opening) -> Result<Opened, PostError> {
        self.lock().shelf_mut(opening.tenant).open(opening, self.clock.now())
    }
}

impl Shelf {
    fn post(&mut self, command: &Command, real: Instant) -> Result<Posted, PostError> {
        if let Some(spent) = self.spent(command.key.as_ref())? {
            return Ok(Posted { replayed: true, ..spent.posted.clone() });
        }
        let records = self.customers.get(&command.customer).ok_or(PostError::CustomerNotFound)?;
        let mut draft = Draft::open(records.book.clone(), self.now(&records.customer, real));
        if let Some(id) = command.hold {
            draft.hold = Some(records.hold(id).ok_or(PostError::HoldNotFound)?.clone());
        }
        if let Some(id) = command.usage {
            draft.past = Some(records.past(id).ok_or(PostError::UsageNotFound)?);
        }
        for id in &command.revoked {
            draft.revoked.push(records.revoked(*id).ok_or(PostError::GrantNotFound)?);
        }
        (command.decide)(&mut draft)?;
        let records = self.customers.get_mut(&command.customer).ok_or(PostError::CustomerNotFound)?;
        let posted = records.commit(draft.finish(), command.key.as_ref().map(|key| key.text.as_str()));
        self.spend(command.key.as_ref(), &posted, command.customer);
        Ok(posted)
    }

    fn open(&mut self, opening: Opening, real: Instant) -> Result<Opened, PostError> {
        let Opening { customer, key, decide, .. } = opening;
        if let Some(records) = self.spent(key.as_ref())?.and_then(|spent| self.customers.get(&spent.customer)) {
            return Ok(Opened { customer: records.customer.clone(), created: false, replayed: true });
        }
        if let Some(found) = customer.external_id.as_deref().and_then(|id| self.by_external_id(id)) {
            return Ok(Opened { customer: found.customer.clone(), created: false, replayed: false });
        }
        let mut records = Records::new(customer.clone(), self.now(&customer, real));
        let mut draft = Draft::open(records.book.clone(), records.book.last_at);
        decide(&mut draft)?;
        let posted = records.commit(draft.finish(), key.as_ref().map(|key| key.text.as_str()));
        self.spend(key.as_ref(), &posted, customer.id);
        self.customers.insert(customer.id, records);
        Ok(Opened { customer, created: true, replayed: false })
    }

    /// Only an effect spends a key (R40).
    fn spend(&mut self, key: Option<&CommandKey>, posted: &Posted, customer: CustomerId) {
        if let Some(key) = key.filter(|_| !posted.entries.is_empty()) {
            let spent = Spent { fingerprint: key.fingerprint, customer, posted: posted.clone() };
            self.spent.insert(key.text.clone(), spent);
        }
    }
}
