//! The promises that every storage adapter keeps, as functions that panic where one is broken.
//!
//! An adapter's test says how a fresh, empty store is made, and [`contract!`](crate::contract!) makes
//! one test of each promise:
//!
//! ```text
//! async fn fresh() -> ports::contract::Subject { … }
//! ports::contract!(fresh);
//! ```

mod asks;
mod case;
mod plans;
mod walk;

pub mod audit;
pub mod batches;
pub mod books;
pub mod catalogs;
pub mod charges;
pub mod claims;
pub mod clocks;
pub mod customers;
pub mod documents;
pub mod due;
pub mod effects;
pub mod estimates;
pub mod events;
pub mod free_tiers;
pub mod freezes;
pub mod holds;
pub mod idempotency;
pub mod invoices;
pub mod isolation;
pub mod journal;
pub mod keys;
pub mod mail;
pub mod model;
pub mod openings;
pub mod orders;
pub mod outbox;
pub mod paid;
pub mod payers;
pub mod payments;
pub mod reinstatements;
pub mod reversals;
pub mod sales;
pub mod settling;
pub mod spending;
pub mod subscriptions;
pub mod tenants;
pub mod texts;

use std::any::Any;
use std::sync::Arc;

use crate::fake::{CountingIds, SetClock};
use crate::{
    Audit, Books, Catalogs, Clocks, Customers, DueWork, Estimates, Events, IssuedDocuments, Journal, Keys, Ledger,
    Orders, Outbox, Payers, Subscriptions, Tenants,
};

/// A store that nobody else uses, empty, behind all of its ports.
#[derive(Clone)]
pub struct Subject {
    /// Its write door.
    pub ledger: Arc<dyn Ledger>,
    /// Its customers.
    pub customers: Arc<dyn Customers>,
    /// Its journal.
    pub journal: Arc<dyn Journal>,
    /// Its keys.
    pub keys: Arc<dyn Keys>,
    /// Its tenants.
    pub tenants: Arc<dyn Tenants>,
    /// Its catalogs.
    pub catalogs: Arc<dyn Catalogs>,
    /// Its estimates.
    pub estimates: Arc<dyn Estimates>,
    /// Its test clocks.
    pub clocks: Arc<dyn Clocks>,
    /// Its due work.
    pub due: Arc<dyn DueWork>,
    /// Its audit.
    pub audit: Arc<dyn Audit>,
    /// Its books.
    pub books: Arc<dyn Books>,
    /// Its orders.
    pub orders: Arc<dyn Orders>,
    /// Its documents.
    pub issued: Arc<dyn IssuedDocuments>,
    /// Its outbox.
    pub outbox: Arc<dyn Outbox>,
    /// Its payers.
    pub payers: Arc<dyn Payers>,
    /// Its subscriptions.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// Its events.
    pub events: Arc<dyn Events>,
    /// The clock that it was given as the real one.
    pub clock: SetClock,
    /// New ids.
    pub ids: CountingIds,
    /// What has to live as long as the store: a temporary directory, a server.
    pub keep: Arc<dyn Any + Send + Sync>,
}

impl Subject {
    /// A store that is one value behind all of its ports; `clock` is the one that it was given.
    pub fn of<S>(store: Arc<S>, clock: SetClock, keep: impl Any + Send + Sync) -> Self
    where
        S: Ledger + Customers + Journal + Keys + Tenants + Catalogs + Estimates + Clocks + DueWork + Audit,
        S: Books + Orders + IssuedDocuments + Outbox + Payers + Subscriptions + Events + 'static,
    {
        Self {
            ledger: store.clone(),
            customers: store.clone(),
            journal: store.clone(),
            keys: store.clone(),
            tenants: store.clone(),
            catalogs: store.clone(),
            estimates: store.clone(),
            clocks: store.clone(),
            due: store.clone(),
            audit: store.clone(),
            books: store.clone(),
            orders: store.clone(),
            issued: store.clone(),
            outbox: store.clone(),
            payers: store.clone(),
            subscriptions: store.clone(),
            events: store,
            clock,
            ids: CountingIds::default(),
            keep: Arc::new(keep),
        }
    }
}

/// One test of each promise. `fresh` is an `async fn() -> Subject` of the module it stands in, whose
/// crate has `tokio`.
#[macro_export]
macro_rules! contract {
    ($fresh:ident) => {
        $crate::contract! { @tests $fresh
            idempotency:
                r40_a_replay_answers_what_was_written_then
                r40_a_replay_shows_the_hold_as_it_was
                r40_a_replay_has_all_entries_of_its_command
                r40_a_key_spent_on_another_request_is_reused
                r40_a_refusal_spends_no_key
                r40_commands_with_one_key_at_once_have_one_effect
                r40_keys_are_unique_within_the_tenant
                r40_keys_that_look_alike_are_different
                r40_openings_and_commands_share_their_keys
                r40_a_command_without_effect_leaves_no_trace
                r40_a_nudge_done_twice_does_nothing_twice
                r40_a_capture_sent_twice_charges_once;
            spending:
                r6_many_spenders_at_once_get_exactly_what_there_is
                r6_many_holds_at_once_promise_only_what_there_is
                r3_credits_given_and_spent_at_once_add_up
                r5_grants_burn_in_their_order
                r24_a_free_operation_needs_no_balance
                r1_a_book_holds_a_thousand_grants_and_its_largest_sum
                r5_one_usage_draws_on_a_thousand_grants
                numbers_of_grants_and_holds_are_never_given_twice
                r7_time_never_runs_backwards
                r41_a_read_shows_what_was_answered
                r41_reads_beside_writes_see_whole_commands;
            batches:
                each_command_of_a_batch_is_on_its_own
                a_batch_is_decided_in_its_order
                r40_a_key_twice_in_a_batch_has_one_effect
                a_batch_can_be_of_many_customers
                r40_the_same_batch_at_once_has_one_effect;
            openings:
                r25_a_new_customer_has_the_trial
                an_external_id_that_is_taken_leads_to_its_customer
                r40_an_opening_happens_once
                r40_an_opening_with_a_spent_key_is_refused
                r25_openings_at_once_give_the_trial_once
                r40_openings_with_one_key_at_once_make_one_customer
                a_refused_opening_leaves_nothing
                only_an_external_id_or_a_key_makes_two_openings_one;
            settling:
                r8_credits_expire_at_their_end_and_not_before
                r10_a_command_first_writes_what_the_clock_did
                r10_a_refused_command_writes_nothing
                r10_what_the_clock_did_is_written_once
                r26_free_credits_are_renewed_by_the_clock
                r3_a_grant_of_the_future_is_not_spendable_yet
                r7_instants_are_kept_to_the_millisecond;
            holds:
                r15_a_hold_is_kept_as_it_moves
                r14_held_credits_are_not_spendable
                r18_a_hold_lapses_and_late_work_is_charged
                r42_a_hold_of_someone_else_is_not_found
                r15_of_captures_and_releases_at_once_one_wins
                r15_a_capture_and_the_end_of_its_hold_race
                r16_captures_of_parts_at_once_take_each_unit_once
                r12_released_credits_of_an_expired_grant_expire
                r15_a_hold_is_pinned_to_its_grants;
            reversals:
                r19_a_reversal_follows_the_recorded_draw_down
                r19_a_usage_is_reversed_once
                r19_reversals_at_once_give_back_once
                r19_a_capture_can_be_reversed
                r19_what_returns_too_late_comes_back_as_goodwill
                r19_a_reversal_knows_that_a_grant_was_extended
                r42_a_usage_of_someone_else_is_not_found;
            freezes:
                r35_a_frozen_customer_starts_nothing_until_unfrozen
                r35_a_freeze_is_kept_with_the_book
                r35_what_is_under_way_goes_on_while_frozen
                r35_nothing_starts_after_a_freeze_that_comes_at_the_same_time
                r35_freezes_at_once_freeze_once
                r40_a_freeze_is_replayed_after_an_unfreeze;
            reinstatements:
                r35_revoked_credits_come_back_to_their_grant
                r35_what_comes_back_too_late_expires_at_once
                r35_a_reinstatement_knows_that_a_grant_was_extended
                r3_reinstatements_at_once_give_back_what_was_revoked
                r3_a_batch_reinstates_no_more_than_was_revoked
                r35_one_command_reinstates_several_grants
                r42_a_grant_of_someone_else_is_not_found;
            texts:
                a_customer_is_kept_to_the_letter
                r2_a_grant_is_kept_to_the_letter
                r20_a_usage_is_kept_to_the_letter
                r15_a_hold_is_kept_to_the_letter
                reasons_are_kept_to_the_letter;
            model:
                a_random_life_is_the_same_as_in_memory
                another_random_life_is_the_same_as_in_memory
                a_third_random_life_is_the_same_as_in_memory;
            journal:
                a_customers_entries_are_listed_in_their_order
                entries_are_filtered_by_kind_and_instant
                r10_entries_are_filtered_by_what_they_speak_of
                a_tenants_entries_are_listed_by_customer
                a_walk_is_steady_while_more_is_written
                single_records_are_found_by_id
                r7_the_balance_of_a_past_instant_never_changes
                r3_a_grants_credits_are_all_somewhere
                grants_are_listed_in_their_order
                r9_a_grant_shows_its_present_end
                holds_are_listed_and_filtered;
            customers:
                a_customer_is_found_by_either_id
                a_customer_is_read_with_their_book
                customers_are_listed_in_their_order
                a_change_moves_what_it_names
                changes_and_commands_at_once_both_count;
            keys:
                r42_a_key_is_found_by_its_hash
                keys_are_listed_newest_first
                r42_a_key_stays_revoked
                r42_a_rotated_key_ends
                a_key_that_is_taken_is_a_conflict
                r40_a_reply_is_kept_with_its_effect
                r40_a_spent_key_leaves_no_effect
                r40_of_replies_at_once_one_is_kept;
            tenants:
                a_tenant_comes_with_a_catalog_and_a_key
                a_tenants_name_is_its_own
                tenants_are_listed_oldest_first
                of_tenants_of_one_name_at_once_one_is_made;
            catalogs:
                r21_a_catalog_is_applied_as_the_next_version
                r21_a_stale_catalog_is_not_applied
                r21_of_catalogs_at_once_one_is_applied
                r40_a_catalogs_reply_is_kept_with_it;
            estimates:
                r13_an_estimate_is_kept_to_the_letter
                r40_an_estimates_reply_is_kept_with_it;
            clocks:
                test_clocks_are_kept
                r40_a_clocks_reply_is_kept_with_it
                r7_a_test_clock_never_goes_back
                r7_a_customers_time_is_their_test_clocks
                r7_one_batch_can_be_of_many_clocks;
            due:
                r10_books_are_due_once_the_clock_did_something
                r10_a_book_is_due_by_what_is_in_it_now
                r18_holds_are_due_once_they_lapsed
                r7_work_is_due_by_the_customers_own_clock
                r7_a_test_clock_knows_what_comes_next;
            audit:
                r4_a_snapshot_adds_up
                r4_a_snapshot_is_what_others_read
                r4_a_snapshot_stands_still
                an_empty_ledger_has_an_empty_snapshot;
            paid:
                r37_a_past_instant_is_told_as_it_was_then
                r37_money_is_given_back_while_its_credits_are_taken
                r37_paid_grants_are_listed_by_customer
                r7_nobody_is_ahead_of_their_own_time;
            charges:
                r37_what_was_charged_is_there_until_its_grants_come
                r37_a_charge_waits_for_its_grant_or_goes_back
                r37_charges_of_a_period_are_one_sum
                r37_money_for_months_to_come_is_given_back
                r37_what_the_bank_takes_back_is_given_back
                r37_who_was_charged_is_listed_by_customer;
            books:
                r36_what_is_kept_is_read_in_its_order
                r42_the_books_of_another_tenant_are_empty;
            orders:
                an_order_is_kept_to_the_letter
                an_order_changes_only_as_it_was_read
                r40_an_orders_reply_is_kept_with_it
                r40_a_changes_reply_takes_the_place_of_the_first
                r32_orders_are_listed_and_filtered
                r33_orders_are_asked_about_once_due
                r7_orders_end_by_their_own_clock
                r33_orders_that_could_not_be_ended_are_ended_later
                r7_orders_that_end_are_walked_through;
            documents:
                r36_a_document_is_kept_to_the_letter
                r36_numbers_have_no_gaps
                r36_each_year_of_a_series_counts_from_1
                r36_a_failed_change_leaves_no_trace
                r36_a_document_is_mailed_once
                r36_documents_are_listed_and_filtered;
            outbox:
                a_mail_is_kept_to_the_letter
                r40_a_mail_is_queued_once
                mails_are_listed_in_their_order
                a_mail_is_taken_until_its_time_ends
                takers_at_once_never_get_the_same_mail
                a_tried_mail_is_taken_again_only_when_due
                a_late_report_never_sends_a_mail_again;
            payers:
                r34_a_payer_is_kept_to_the_letter
                r34_a_payer_changes_only_as_it_was_read
                r34_who_runs_low_is_found
                r34_who_runs_low_is_found_in_their_own_time
                r34_of_purchases_at_once_one_is_made
                r34_purchases_that_ended_are_found
                r42_payers_of_another_tenant_are_not_found;
            free_tiers:
                r31_a_paused_free_tier_is_kept_with_the_book
                r31_a_resumed_free_tier_goes_on_with_its_months;
            subscriptions:
                a_subscription_is_kept_to_the_letter
                a_subscription_changes_only_as_it_was_read
                a_customer_has_one_subscription_at_a_time
                of_subscriptions_begun_at_once_one_is_kept
                subscriptions_are_listed_and_filtered;
            effects:
                r40_a_subscriptions_reply_is_kept_with_it
                r40_a_changed_subscription_answers_its_request_anew
                a_subscriptions_mails_are_queued_once
                a_failed_change_tells_of_nothing;
            claims:
                subscriptions_are_claimed_once_due
                a_claim_ends_with_its_time_or_with_a_change
                a_task_waits_for_the_real_clock
                claimers_at_once_never_get_the_same_subscription
                r7_subscriptions_are_due_by_their_own_clock
                r7_a_test_clock_knows_when_subscriptions_are_due;
            events:
                r39_an_event_is_kept_to_the_letter
                r39_an_orders_events_are_kept_to_the_letter
                r39_an_orders_events_are_written_with_it_or_nothing_is
                r39_events_are_listed_and_filtered;
            isolation:
                r42_the_journal_of_another_tenant_is_empty
                r42_a_customer_of_another_tenant_is_not_found
                r42_customers_of_another_tenant_are_not_found
                r42_keys_of_another_tenant_are_not_found
                r42_nothing_else_of_another_tenant_is_found
                r42_tenants_with_the_same_names_do_not_meet
                r42_sales_of_another_tenant_are_not_found
                r42_subscriptions_of_another_tenant_are_not_found;
        }
    };
    (@mail $fresh:ident) => {
        $crate::contract! { @tests $fresh
            mail:
                a_mail_arrives_as_it_was_written
                a_repeated_send_has_the_same_message_id
                what_could_break_out_of_a_header_is_refused
                what_is_no_address_is_refused
                many_mails_at_once_arrive_each_once;
        }
    };
    (@tests $fresh:ident $($group:ident: $($promise:ident)+;)+) => {
        $(mod $group {
            $(
                #[::tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $promise() {
                    $crate::contract::$group::$promise(super::$fresh().await).await;
                }
            )+
        })+
    };
}

/// One test of each promise of a mailer. `fresh` is an `async fn() -> mail::Post`, as with [`contract!`](crate::contract!).
#[macro_export]
macro_rules! mail_contract {
    ($fresh:ident) => {
        $crate::contract! { @mail $fresh }
    };
}
