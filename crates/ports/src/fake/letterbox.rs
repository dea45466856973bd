//! Mail that stays here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::{Mail, MailError, Mailer};

/// Keeps what it is given to send. Clones share what they keep.
#[derive(Clone, Default)]
pub struct Letterbox(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    sent: Vec<Mail>,
    answers: HashMap<String, Vec<MailError>>,
}

impl Letterbox {
    /// The next mail to `address` comes to this. The mail is kept where nobody can say that it was not sent.
    pub fn answer_once(&self, address: &str, error: MailError) {
        self.with(|state| state.answers.entry(address.to_owned()).or_default().insert(0, error));
    }

    /// What was sent, in its order.
    #[must_use]
    pub fn sent(&self) -> Vec<Mail> {
        self.with(|state| state.sent.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Mailer for Letterbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        mail.check()?;
        self.with(|state| {
            let answer = state.answers.get_mut(&mail.to.address).and_then(Vec::pop).map_or(Ok(()), Err);
            if matches!(answer, Ok(()) | Err(MailError::Unknown(_))) {
                state.sent.push(mail.clone());
            }
            answer
        })
    }
}
