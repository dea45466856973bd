//! A host application: a connection, the things it has under way, and what it was told of each.

use std::sync::{Arc, Mutex};

use folio_tests::{Caller, Server};
use serde_json::{Value, json};

use crate::ask::{Ask, Effect, Means, Told};
use crate::dice::Dice;
use crate::load::Run;

/// Whom the hosts serve, by the hosts' own ids.
#[derive(Debug)]
pub(crate) struct Town {
    customers: Mutex<Vec<String>>,
    /// Customers who live by a test clock, and that clock.
    pub(crate) clocked: Vec<String>,
    pub(crate) clock: String,
}

impl Town {
    pub(crate) fn new(customers: Vec<String>, clocked: Vec<String>, clock: String) -> Self {
        Self { customers: Mutex::new(customers), clocked, clock }
    }

    /// Half of what happens is the first one's.
    fn someone(&self, dice: &mut Dice) -> String {
        let customers = self.customers.lock().expect("nobody panicked");
        let place = if dice.one_in(2) { 0 } else { dice.place(&customers).expect("somebody") };
        customers[place].clone()
    }

    /// Everyone, with and without a test clock.
    pub(crate) fn everyone(&self) -> Vec<String> {
        let customers = self.customers.lock().expect("nobody panicked");
        customers.iter().chain(&self.clocked).cloned().collect()
    }

    fn welcome(&self, customer: &str) {
        self.customers.lock().expect("nobody panicked").push(customer.to_owned());
    }
}

/// A request with what came of it.
#[derive(Debug)]
pub(crate) struct Deed {
    pub(crate) ask: Ask,
    pub(crate) told: Vec<Told>,
}

/// A hold under way, with the units of each item that are not decided yet.
#[derive(Debug)]
struct Job {
    hold: String,
    customer: String,
    open: Vec<i64>,
}

#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) caller: Caller,
    name: String,
    pub(crate) dice: Dice,
    asked: u32,
    jobs: Vec<Job>,
    /// Usages that can be reversed, with the units left.
    usages: Vec<(String, String, i64)>,
    grants: Vec<(String, String)>,
    /// What was done since the ledger was last looked at.
    pub(crate) deeds: Vec<Deed>,
}

impl Host {
    pub(crate) fn new(caller: Caller, number: u64, dice: &Dice) -> Self {
        let (name, dice) = (format!("h{number}"), dice.of(number));
        let nothing = (Vec::new(), Vec::new(), Vec::new());
        Self { caller, name, dice, asked: 0, jobs: nothing.0, usages: nothing.1, grants: nothing.2, deeds: Vec::new() }
    }

    pub(crate) fn go_to(&mut self, server: &Server) {
        self.caller = self.caller.at(server);
    }

    /// Asks until the run is over or, where it has no patience, nobody answers.
    pub(crate) async fn work(mut self, town: Arc<Town>, run: Arc<Run>) -> Self {
        while !run.is_over() {
            if self.dice.one_in(10) {
                self.retry().await;
            }
            let ask = self.think(&town);
            let mut told = if self.dice.one_in(16) {
                let (one, other) = tokio::join!(ask.send(&self.caller), ask.send(&self.caller));
                one.into_iter().zip(other).map(|(one, other)| one.both(other)).collect()
            } else {
                ask.send(&self.caller).await
            };
            while run.is_patient && !run.is_over() && told.iter().any(Told::is_open) {
                run.pause(&told).await;
                told = again(&told, ask.send(&self.caller).await);
            }
            run.count(&told);
            let is_stuck = told.iter().any(Told::is_open);
            self.learn(&town, &ask, &told);
            self.deeds.push(Deed { ask, told });
            if is_stuck && !run.is_patient {
                break;
            }
        }
        self
    }

    /// Asks for something once more that was asked before.
    async fn retry(&mut self) {
        let recent = self.deeds.len().saturating_sub(40);
        let Some(place) = self.dice.place(&self.deeds[recent..]) else { return };
        let deed = &mut self.deeds[recent + place];
        if deed.told.iter().all(|told| matches!(told, Told::Done { .. })) {
            deed.told = again(&deed.told, deed.ask.send(&self.caller).await);
        }
    }

    fn think(&mut self, town: &Town) -> Ask {
        match self.dice.below(100) {
            0..=7 => self.batch(town),
            8..=27 => self.hold(town),
            28..=49 => self.capture(town),
            50..=55 => self.release(town),
            56..=59 => self.extend_hold(town),
            60..=63 => self.grant(town),
            64..=69 => self.reverse(town),
            70..=72 => self.change_grant(town),
            73..=74 => self.sign_up(),
            75..=78 => self.clocked(town),
            _ => self.usage(town),
        }
    }

    fn effect(&mut self, customer: &str, means: Means) -> Effect {
        self.asked += 1;
        Effect { key: format!("{}-{}", self.name, self.asked), customer: customer.to_owned(), means }
    }

    fn use_of(&mut self, customer: &str) -> (Value, Effect) {
        let quantity = self.dice.upto(5);
        let usage = json!({"customer": customer, "operation": "extract", "quantity": quantity});
        (usage, self.effect(customer, Means::Uses(quantity)))
    }

    fn usage(&mut self, town: &Town) -> Ask {
        let customer = town.someone(&mut self.dice);
        let (usage, effect) = self.use_of(&customer);
        Ask::one("/v1/usage", usage, effect)
    }

    fn batch(&mut self, town: &Town) -> Ask {
        let lines = self.dice.upto(6);
        let customers: Vec<_> = (0..lines).map(|_| town.someone(&mut self.dice)).collect();
        Ask::batch(customers.iter().map(|customer| self.use_of(customer)).collect())
    }

    fn hold(&mut self, town: &Town) -> Ask {
        let customer = town.someone(&mut self.dice);
        self.hold_of(&customer)
    }

    fn hold_of(&mut self, customer: &str) -> Ask {
        let items: Vec<i64> = (0..self.dice.upto(3)).map(|_| self.dice.upto(6)).collect();
        let lines: Vec<_> = items.iter().map(|quantity| json!({"quantity": quantity})).collect();
        let body = json!({"customer": customer, "operation": "extract", "items": lines, "ttl": "P3D"});
        Ask::one("/v1/holds", body, self.effect(customer, Means::Holds(items.iter().sum())))
    }

    /// Everything that is open, or a part of one item; with or without the rest going back.
    fn capture(&mut self, town: &Town) -> Ask {
        let Some(mut job) = self.job() else { return self.usage(town) };
        let open: i64 = job.open.iter().sum();
        let path = format!("/v1/holds/{}/capture", job.hold);
        if self.dice.one_in(2) {
            let effect = self.effect(&job.customer, Means::Captures(job.hold, open, 0));
            return Ask::one(path, json!({}), effect);
        }
        let items: Vec<usize> = (0..job.open.len()).filter(|item| job.open[*item] > 0).collect();
        let item = items[self.dice.place(&items).expect("an open item")];
        let quantity = self.dice.upto(job.open[item]);
        let is_final = self.dice.one_in(3);
        job.open[item] -= quantity;
        let rest = if is_final { open - quantity } else { 0 };
        let effect = self.effect(&job.customer, Means::Captures(job.hold.clone(), quantity, rest));
        let body = json!({"items": [{"item": item, "quantity": quantity}], "final": is_final});
        if !is_final && open > quantity {
            self.jobs.push(job);
        }
        Ask::one(path, body, effect)
    }

    fn release(&mut self, town: &Town) -> Ask {
        let Some(job) = self.job() else { return self.usage(town) };
        let (path, open) = (format!("/v1/holds/{}/release", job.hold), job.open.iter().sum());
        Ask::one(path, json!({"reason": "called off"}), self.effect(&job.customer, Means::Releases(job.hold, open)))
    }

    fn extend_hold(&mut self, town: &Town) -> Ask {
        let Some(job) = self.job() else { return self.usage(town) };
        let path = format!("/v1/holds/{}/extend", job.hold);
        let effect = self.effect(&job.customer, Means::ExtendsHold(job.hold.clone()));
        let ask = Ask::one(path, json!({"ttl": "P4D"}), effect);
        self.jobs.push(job);
        ask
    }

    /// Takes a job up; it is forgotten where its fate is not known afterwards.
    fn job(&mut self) -> Option<Job> {
        self.dice.place(&self.jobs).map(|place| self.jobs.swap_remove(place))
    }

    fn grant(&mut self, town: &Town) -> Ask {
        let (customer, amount) = (town.someone(&mut self.dice), self.dice.upto(200));
        let body = json!({"customer": customer, "amount": amount.to_string(), "expires_at": "2090-01-01T00:00:00Z"});
        Ask::one("/v1/grants", body, self.effect(&customer, Means::Grants(amount)))
    }

    fn change_grant(&mut self, town: &Town) -> Ask {
        let Some(place) = self.dice.place(&self.grants) else { return self.grant(town) };
        let (customer, grant) = self.grants.swap_remove(place);
        let path = format!("/v1/grants/{grant}");
        if self.dice.one_in(2) {
            let body = json!({"expires_at": "2091-01-01T00:00:00Z"});
            return Ask::one(format!("{path}/extend"), body, self.effect(&customer, Means::ExtendsGrant(grant)));
        }
        Ask::one(format!("{path}/revoke"), json!({"reason": "a mistake"}), self.effect(&customer, Means::Revokes))
    }

    fn reverse(&mut self, town: &Town) -> Ask {
        let Some(place) = self.dice.place(&self.usages) else { return self.usage(town) };
        let (customer, usage, left) = self.usages.swap_remove(place);
        let quantity = self.dice.upto(left);
        let effect = self.effect(&customer, Means::Reverses(usage.clone(), quantity));
        if left > quantity {
            self.usages.push((customer, usage.clone(), left - quantity));
        }
        Ask::one(format!("/v1/usage/{usage}/reverse"), json!({"quantity": quantity, "reason": "sorry"}), effect)
    }

    fn sign_up(&mut self) -> Ask {
        let customer = format!("{}-customer-{}", self.name, self.asked);
        Ask::one("/v1/customers", json!({"external_id": customer}), self.effect(&customer, Means::Opens))
    }

    /// Something about a customer with a test clock: what is held and granted there lapses by itself.
    fn clocked(&mut self, town: &Town) -> Ask {
        let place = self.dice.place(&town.clocked).expect("somebody");
        let customer = town.clocked[place].clone();
        match self.dice.below(4) {
            0 => self.hold_of(&customer),
            1 => {
                let (usage, effect) = self.use_of(&customer);
                Ask::one("/v1/usage", usage, effect)
            }
            2 => {
                let amount = self.dice.upto(50);
                let body = json!({"customer": customer, "amount": amount.to_string(), "expires_after": "P2D"});
                Ask::one("/v1/grants", body, self.effect(&customer, Means::Grants(amount)))
            }
            _ => {
                let day = self.asked + 1;
                let (year, month, day) = (2026 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
                let to = json!({"to": format!("{year}-{month:02}-{day:02}T00:00:00Z")});
                Ask { path: format!("/v1/test/clocks/{}/advance", town.clock), body: to, effects: Vec::new() }
            }
        }
    }

    /// Takes note of what can be worked on.
    fn learn(&mut self, town: &Town, ask: &Ask, told: &[Told]) {
        for (effect, told) in ask.effects.iter().zip(told) {
            let Told::Done { body, .. } = told else { continue };
            if town.clocked.contains(&effect.customer) {
                continue;
            }
            let id = |what: &str| body[what]["id"].as_str().expect("an id").to_owned();
            let customer = effect.customer.clone();
            match &effect.means {
                Means::Opens => town.welcome(&customer),
                Means::Uses(quantity) => self.usages.push((customer, id("usage"), *quantity)),
                Means::Grants(_) => self.grants.push((customer, id("grant"))),
                Means::Holds(_) => {
                    let items = body["hold"]["items"].as_array().expect("items");
                    let open = items.iter().map(|item| item["open"].as_i64().expect("a number")).collect();
                    self.jobs.push(Job { hold: id("hold"), customer, open });
                }
                _ => {}
            }
        }
    }
}

/// What is known of each effect after it was asked for again.
pub(crate) fn again(told: &[Told], later: Vec<Told>) -> Vec<Told> {
    told.iter().zip(later).map(|(first, later)| first.again(later)).collect()
}
