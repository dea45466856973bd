//! Whether the ledger is what the hosts were told: nothing lost, nothing done twice, nothing half done.

use std::collections::{BTreeMap, BTreeSet};

use folio_tests::book::{Book, Entry, balance, print, text};
use folio_tests::{Caller, micros};
use serde_json::Value;

use crate::ask::{Effect, Means, Told};
use crate::host::{Deed, Host, again};

/// One credit.
const CREDIT: i64 = 1_000_000;

/// What became of the effects that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// What was acknowledged, by its kind.
    pub(crate) done: BTreeMap<&'static str, usize>,
    /// What was asked for again once it was there, and told as a replay.
    pub(crate) replayed: usize,
    /// Those that nobody knew about, and that were there.
    pub(crate) unknown_but_there: usize,
    pub(crate) unknown_and_absent: usize,
}

impl Tally {
    fn all_done(&self) -> usize {
        self.done.values().sum()
    }
}

impl std::ops::AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        for (&kind, &count) in &other.done {
            *self.done.entry(kind).or_default() += count;
        }
        self.replayed += other.replayed;
        self.unknown_but_there += other.unknown_but_there;
        self.unknown_and_absent += other.unknown_and_absent;
    }
}

/// The books of all customers, as their entries tell, by the hosts' own ids.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    books: BTreeMap<String, Book>,
}

impl Audit {
    /// Compares what the hosts were told with the ledger, and has them find out what they do not know.
    pub(crate) async fn reconcile(&mut self, caller: &Caller, hosts: Vec<Host>) -> (Vec<Host>, Tally) {
        let deeds = || hosts.iter().flat_map(|host| &host.deeds);
        let effects = deeds().flat_map(|deed| &deed.ask.effects);
        let touched: BTreeSet<String> = effects.map(|effect| effect.customer.clone()).collect();
        for customer in &touched {
            self.read(caller, customer).await;
        }
        deeds().for_each(|deed| self.check(deed));
        let unknown = deeds().filter(|deed| deed.told.iter().any(Told::is_open)).flat_map(|deed| &deed.ask.effects);
        let doubtful: BTreeSet<String> = unknown.map(|effect| effect.customer.clone()).collect();

        let mut tally = Tally::default();
        let mut asked = tokio::task::JoinSet::new();
        for mut host in hosts {
            let there: Vec<Vec<bool>> = host.deeds.iter().map(|deed| self.there(deed)).collect();
            for (deed, there) in host.deeds.iter().zip(&there) {
                let unknown = deed.told.iter().zip(there).filter(|(told, _)| told.is_open());
                for (_, there) in unknown {
                    *(if *there { &mut tally.unknown_but_there } else { &mut tally.unknown_and_absent }) += 1;
                }
            }
            asked.spawn(async move {
                let replayed = find_out(&mut host, &there).await;
                (host, replayed)
            });
        }
        let (mut hosts, replayed): (Vec<Host>, Vec<usize>) = asked.join_all().await.into_iter().unzip();
        tally.replayed = replayed.iter().sum();
        for customer in &doubtful {
            self.read(caller, customer).await;
        }
        for host in &mut hosts {
            for deed in host.deeds.drain(..) {
                self.check(&deed);
                let told = deed.ask.effects.iter().zip(&deed.told);
                for (effect, _) in told.filter(|(_, told)| matches!(told, Told::Done { .. })) {
                    *tally.done.entry(effect.means.kind()).or_default() += 1;
                }
            }
        }
        for customer in doubtful.iter().filter(|customer| self.books.contains_key(*customer)) {
            self.compare_balance(caller, customer).await;
        }
        (hosts, tally)
    }

    /// Compares everything there is with everything that was read before.
    pub(crate) async fn close(&mut self, caller: &Caller, tally: &Tally) {
        let mut listed: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for entry in caller.walk("/v1/ledger/entries?order=asc&limit=100").await {
            listed.entry(text(&entry, "customer").to_owned()).or_default().push(print(&entry));
        }
        let read = self.books.values().map(|book| (book.id.clone(), book.prints.clone()));
        assert!(listed == read.collect::<BTreeMap<_, _>>(), "entries have changed");
        let keys = self.books.values().flat_map(|book| book.keys.keys()).filter(|key| key.starts_with('h'));
        assert_eq!(keys.count(), tally.all_done(), "effects");
        let mut held: BTreeMap<String, i64> = BTreeMap::new();
        for hold in caller.walk("/v1/holds?limit=100").await {
            assert_eq!(text(&hold, "status") == "open", text(&hold, "held") != "0", "{hold}");
            held.insert(text(&hold, "id").to_owned(), micros(text(&hold, "held")));
        }
        let of_books = self.books.values().flat_map(|book| book.holds.clone());
        assert!(held == of_books.collect::<BTreeMap<_, _>>(), "holds are not what their entries tell");
        for (customer, book) in &self.books {
            self.compare_balance(caller, customer).await;
            for grant in caller.walk(&format!("/v1/customers/{customer}/grants?limit=100")).await {
                for bucket in ["available", "held", "consumed", "expired", "revoked"] {
                    let told = micros(text(&grant, bucket));
                    assert_eq!(book.grants[text(&grant, "id")].bucket(bucket), told, "{bucket} of {grant}");
                }
            }
        }
    }

    /// Reads the customer's newest entries.
    pub(crate) async fn read(&mut self, caller: &Caller, customer: &str) {
        let path = format!("/v1/ledger/entries?order=desc&limit=100&customer={customer}");
        let known = self.books.get(customer).map_or(0, Book::sequence);
        let (mut fresh, mut next) = (Vec::new(), path.clone());
        'pages: loop {
            let answer = caller.get(&next).await;
            if answer.status == 404 && known == 0 {
                return;
            }
            let page = answer.is(200);
            for entry in page["data"].as_array().expect("a list") {
                if entry["sequence"].as_u64().expect("a number") <= known {
                    break 'pages;
                }
                fresh.push(entry.clone());
            }
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("{path}&cursor={cursor}");
        }
        let book = self.books.entry(customer.to_owned()).or_default();
        fresh.iter().rev().for_each(|entry| book.add(entry));
    }

    async fn compare_balance(&self, caller: &Caller, customer: &str) {
        let told = caller.get(&format!("/v1/customers/{customer}/balance")).await.is(200);
        let book = &self.books[customer];
        assert_eq!(balance(&told), book.balance(), "{customer}");
        assert_eq!(told["sequence"], book.sequence(), "{customer}");
    }

    fn entries(&self, effect: &Effect) -> &[Entry] {
        let book = self.books.get(&effect.customer);
        book.and_then(|book| book.keys.get(&effect.key)).map_or(&[], Vec::as_slice)
    }

    fn there(&self, deed: &Deed) -> Vec<bool> {
        deed.ask.effects.iter().map(|effect| !self.entries(effect).is_empty()).collect()
    }

    fn check(&self, deed: &Deed) {
        for (effect, told) in deed.ask.effects.iter().zip(&deed.told) {
            let entries = self.entries(effect);
            match told {
                Told::Done { body, .. } => {
                    assert!(!entries.is_empty(), "lost: {effect:?}, of which was told {body}");
                    check_answer(effect, entries, body, &self.books[&effect.customer]);
                }
                Told::Unknown { .. } => {}
                _ => assert!(entries.is_empty(), "{effect:?} is there, but told was {told:?}"),
            }
            if !entries.is_empty() {
                check_whole(effect, entries);
            }
        }
    }
}

/// Asks again, with the same keys, for what is not known, and for some of what is. How much of it was told as a replay.
async fn find_out(host: &mut Host, there: &[Vec<bool>]) -> usize {
    let mut replays = 0;
    for (deed, there) in host.deeds.iter_mut().zip(there) {
        let is_open = deed.told.iter().any(Told::is_open);
        let is_done = deed.told.iter().all(|told| matches!(told, Told::Done { .. }));
        if !(is_open || is_done && host.dice.one_in(4)) {
            continue;
        }
        let later = deed.ask.send(&host.caller).await;
        for ((later, was_there), effect) in later.iter().zip(there).zip(&deed.ask.effects) {
            match later {
                Told::Done { replayed, .. } => {
                    assert_eq!(replayed, was_there, "{effect:?}");
                    replays += usize::from(*replayed);
                }
                Told::Refused(_) => assert!(!was_there, "{effect:?} is there and refused"),
                _ => panic!("{effect:?}: {later:?} from a server at peace"),
            }
        }
        deed.told = again(&deed.told, later);
    }
    replays
}

/// Whether the entries are the whole effect, and nothing else.
fn check_whole(effect: &Effect, entries: &[Entry]) {
    let is_run = entries.windows(2).all(|pair| pair[0].sequence + 1 == pair[1].sequence);
    assert!(is_run, "{effect:?} is scattered: {entries:?}");
    let is = |kind: &str, amount: Option<i64>, about: Option<&String>| {
        entries.len() == 1
            && entries[0].kind == kind
            && amount.is_none_or(|amount| entries[0].amount == amount * CREDIT)
            && about.is_none_or(|about| entries[0].about.as_ref() == Some(about))
    };
    let has_units = |quantity: i64| entries[0].quantity == Some(quantity);
    let sum = |kind: &str| entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount).sum::<i64>();
    let is_whole = match &effect.means {
        Means::Opens => {
            entries[0].sequence == 1
                && entries[0].kind == "open"
                && entries[1..].iter().all(|entry| entry.kind == "grant")
                && sum("grant") == 20 * CREDIT
        }
        Means::Grants(amount) => is("grant", Some(*amount), None),
        Means::ExtendsGrant(grant) => is("extend", Some(0), Some(grant)),
        Means::Revokes => is("revoke", None, None),
        Means::Uses(quantity) => is("usage", Some(*quantity), None) && has_units(*quantity),
        Means::Holds(amount) => is("hold", Some(*amount), None),
        Means::Captures(hold, captured, released) => {
            entries.iter().all(|entry| entry.about.as_ref() == Some(hold))
                && (sum("capture"), sum("release")) == (captured * CREDIT, released * CREDIT)
                && entries.iter().all(|entry| ["capture", "release"].contains(&entry.kind.as_str()))
        }
        Means::Releases(hold, amount) => is("release", Some(*amount), Some(hold)),
        Means::ExtendsHold(hold) => is("extend_hold", Some(0), Some(hold)),
        Means::Reverses(usage, quantity) => is("reverse", Some(*quantity), Some(usage)) && has_units(*quantity),
    };
    assert!(is_whole, "{effect:?} came to {entries:?}");
}

/// Whether the answer tells of these entries.
fn check_answer(effect: &Effect, entries: &[Entry], body: &Value, book: &Book) {
    let last = entries.last().expect("entries");
    let (ids, told): (Vec<&str>, Vec<&str>) = match &effect.means {
        Means::Opens => (vec![book.id.as_str()], vec![text(body, "id")]),
        Means::Uses(_) => {
            (entries.iter().filter_map(|entry| entry.usage.as_deref()).collect(), vec![text(&body["usage"], "id")])
        }
        Means::Captures(hold, ..) => {
            let usages = body["usage"].as_array().expect("usages").iter().map(|usage| text(usage, "id"));
            let recorded = entries.iter().filter_map(|entry| entry.usage.as_deref());
            (
                [hold.as_str()].into_iter().chain(recorded).collect(),
                [text(&body["hold"], "id")].into_iter().chain(usages).collect(),
            )
        }
        Means::Reverses(usage, _) => (vec![usage.as_str()], vec![text(body, "usage")]),
        Means::Grants(_) | Means::ExtendsGrant(_) => {
            (vec![last.about.as_deref().expect("a grant")], vec![text(&body["grant"], "id")])
        }
        Means::Revokes => (Vec::new(), Vec::new()),
        _ => (vec![last.about.as_deref().expect("a hold")], vec![text(&body["hold"], "id")]),
    };
    assert_eq!(ids, told, "{effect:?}: {body}");
    if !matches!(effect.means, Means::Opens) {
        assert_eq!(last.balance, balance(&body["balance"]), "{effect:?}: {body}");
    }
}
