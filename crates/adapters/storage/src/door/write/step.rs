//! What a batch does to one table, as SQL.

/// A step of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Books,
    BooksDueAsBefore,
    Customers,
    NewBooks,
    Entries,
    Grants,
    Holds,
    Reversed,
    Extended,
    Ended,
}

impl Step {
    pub(super) const ALL: [Self; 10] = [
        Self::Books,
        Self::BooksDueAsBefore,
        Self::Customers,
        Self::NewBooks,
        Self::Entries,
        Self::Grants,
        Self::Holds,
        Self::Reversed,
        Self::Extended,
        Self::Ended,
    ];

    /// Whether it may change rows that an earlier step has written.
    pub(super) fn goes_alone(self) -> bool {
        matches!(self, Self::Extended | Self::Ended)
    }

    /// Its SQL. `{u0}` is the first value of a row, a UUID; `{i1}` the second, an integer; `{t2}` the third, a text;
    /// `{from}` is where the rows come from. Between `{select}` and `{rows}` are the values of each row that is inserted:
    /// SQLite takes a row of `VALUES` without the journal that it keeps for a `SELECT`, which may have more than one.
    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::Books => {
                "UPDATE books SET sequence = {i3}, last_at = {i4}, grants_made = {i5}, holds_made = {i6}, \
                 grants = {t7}, free_tier = {t8}, frozen_since = {i9}, due_at = {i10} {from} \
                 WHERE books.tenant = {u0} AND books.customer = {u1} AND books.sequence = {i2}"
            }
            Self::BooksDueAsBefore => {
                "UPDATE books SET sequence = {i3}, last_at = {i4}, grants_made = {i5}, holds_made = {i6}, \
                 grants = {t7}, free_tier = {t8}, frozen_since = {i9} {from} \
                 WHERE books.tenant = {u0} AND books.customer = {u1} AND books.sequence = {i2}"
            }
            Self::Customers => {
                "INSERT INTO customers (tenant, customer, external_id, name, email, zone, clock, created_at, metadata, \
                 billing) {select} {u0}, {u1}, {t2}, {t3}, {t4}, {t5}, {u6}, {i7}, {t8}, {t9} {rows}"
            }
            // The third value is the sequence before, which a new book does not have.
            Self::NewBooks => {
                "INSERT INTO books (tenant, customer, sequence, last_at, grants_made, holds_made, grants, free_tier, \
                 frozen_since, due_at, clock) \
                 SELECT {u0}, {u1}, {i3}, {i4}, {i5}, {i6}, {t7}, {t8}, {i9}, {i10}, {u11} {from} WHERE {i2} = 0"
            }
            Self::Entries => {
                "INSERT INTO entries (tenant, customer, sequence, kind, at, effective_at, postings, available, held, \
                 key, part, fingerprint, detail, hold_after) \
                 {select} {u0}, {u1}, {i2}, {t3}, {i4}, {i5}, {t6}, {i7}, {i8}, {t9}, {i10}, {i11}, {t12}, {t13} {rows}"
            }
            Self::Grants => {
                "INSERT INTO grants (tenant, customer, number, source, label, amount, cost_minor, currency, priority, \
                 effective_at, expires_at, granted_at, reason, expired, revoked) \
                 {select} {u0}, {u1}, {i2}, {t3}, {t4}, {i5}, {i6}, {t7}, {i8}, {i9}, {i10}, {i11}, {t12}, 0, 0 {rows}"
            }
            Self::Holds => {
                "INSERT INTO holds (tenant, customer, number, status, held, expires_at, draws, progress, terms) \
                 {select} {u0}, {u1}, {i2}, {t3}, {i4}, {i5}, {t6}, {t7}, {t8} {rows} \
                 ON CONFLICT (tenant, customer, number) DO UPDATE SET status = excluded.status, held = excluded.held, \
                 expires_at = excluded.expires_at, draws = excluded.draws, progress = excluded.progress"
            }
            Self::Reversed => {
                "INSERT INTO reversed (tenant, customer, sequence, quantity, amount) \
                 {select} {u0}, {u1}, {i2}, {i3}, {i4} {rows} \
                 ON CONFLICT (tenant, customer, sequence) DO UPDATE SET quantity = excluded.quantity, amount = excluded.amount"
            }
            Self::Extended => {
                "UPDATE grants SET expires_at = {i3} {from} \
                 WHERE grants.tenant = {u0} AND grants.customer = {u1} AND grants.number = {i2}"
            }
            Self::Ended => {
                "UPDATE grants SET expired = expired + {i3}, revoked = revoked + {i4} {from} \
                 WHERE grants.tenant = {u0} AND grants.customer = {u1} AND grants.number = {i2}"
            }
        }
    }
}
