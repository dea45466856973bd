//! What hosts ask for, what it is to do to the ledger, and what they were told.

use folio_tests::{Answer, Caller};
use serde_json::{Value, json};

/// What a command does to a journal. Amounts are whole credits: an operation costs one a unit here.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    Opens,
    Grants(i64),
    ExtendsGrant(String),
    Revokes,
    Uses(i64),
    Holds(i64),
    /// Captures so much of a hold, and gives so much back.
    Captures(String, i64, i64),
    Releases(String, i64),
    ExtendsHold(String),
    Reverses(String, i64),
}

impl Means {
    /// All that [`kind`](Self::kind) may say, in the order of the alphabet.
    pub(crate) const KINDS: [&str; 10] = [
        "captures",
        "extends a grant",
        "extends a hold",
        "grants",
        "holds",
        "opens",
        "releases",
        "reverses",
        "revokes",
        "uses",
    ];

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::Grants(_) => "grants",
            Self::ExtendsGrant(_) => "extends a grant",
            Self::Revokes => "revokes",
            Self::Uses(_) => "uses",
            Self::Holds(_) => "holds",
            Self::Captures(..) => "captures",
            Self::Releases(..) => "releases",
            Self::ExtendsHold(_) => "extends a hold",
            Self::Reverses(..) => "reverses",
        }
    }
}

/// One effect, under a key of its own.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) key: String,
    /// The host's own id of the customer.
    pub(crate) customer: String,
    pub(crate) means: Means,
}

/// A request: of one effect, or of a batch's many.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) effects: Vec<Effect>,
}

/// What a host was told of an effect.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    Done {
        replayed: bool,
        body: Value,
    },
    Refused(String),
    /// It was not done: 503, with a promise that nothing was written.
    NotNow,
    /// Nobody knows: no answer, or 503 that says so.
    Unknown {
        is_answered: bool,
    },
}

const BATCH: &str = "/v1/usage/batch";

/// What the rules may say to a host that has lost track.
const REFUSALS: [&str; 7] = [
    "insufficient_credits",
    "hold_closed",
    "hold_expired",
    "already_reversed",
    "grant_closed",
    "validation_failed",
    "estimate_expired",
];

impl Ask {
    pub(crate) fn one(path: impl Into<String>, body: Value, effect: Effect) -> Self {
        Self { path: path.into(), body, effects: vec![effect] }
    }

    /// Usages, each a line with a key of its own.
    pub(crate) fn batch(usages: Vec<(Value, Effect)>) -> Self {
        let lines: Vec<_> = usages.iter().map(|(usage, effect)| json!({"key": effect.key, "usage": usage})).collect();
        let effects = usages.into_iter().map(|(_, effect)| effect).collect();
        Self { path: BATCH.to_owned(), body: json!({"lines": lines}), effects }
    }

    /// Asks once. What each effect came to; nobody's answer says nothing about any of them.
    pub(crate) async fn send(&self, caller: &Caller) -> Vec<Told> {
        let key = self.effects.first().map_or("none", |effect| &effect.key);
        match caller.try_post_with(key, &self.path, &self.body).await {
            Some(answer) => self.read(&answer),
            None => vec![Told::Unknown { is_answered: false }; self.effects.len()],
        }
    }

    fn read(&self, answer: &Answer) -> Vec<Told> {
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        if self.path != BATCH || answer.status != 200 {
            return vec![told(answer.status, answer.is_replay(), &body, &body); self.effects.len()];
        }
        let outcomes = body["outcomes"].as_array().expect("outcomes");
        assert_eq!(outcomes.len(), self.effects.len(), "{body}");
        let line = |(outcome, effect): (&Value, &Effect)| {
            assert_eq!(outcome["key"], effect.key, "{body}");
            let status = outcome["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("a status");
            told(status, outcome["replayed"] == true, &outcome["charged"], &outcome["problem"])
        };
        outcomes.iter().zip(&self.effects).map(line).collect()
    }
}

fn told(status: u16, replayed: bool, body: &Value, problem: &Value) -> Told {
    let code = problem["code"].as_str().unwrap_or_default();
    match status {
        200 | 201 => Told::Done { replayed, body: body.clone() },
        503 if code == "outcome_unknown" => Told::Unknown { is_answered: true },
        503 if code == "unavailable" => Told::NotNow,
        402 | 409 | 422 if REFUSALS.contains(&code) => Told::Refused(code.to_owned()),
        _ => panic!("{status}: {problem}"),
    }
}

impl Told {
    /// Whether the effect may or may not be there.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::NotNow | Self::Unknown { .. })
    }

    /// Whether the server itself said, when it was asked last, that it is not done or not known.
    pub(crate) fn is_503(&self) -> bool {
        matches!(self, Self::NotNow | Self::Unknown { is_answered: true })
    }

    /// What is known after the same was asked again, with the same key.
    pub(crate) fn again(&self, later: Self) -> Self {
        match (self, &later) {
            (Self::Done { body: first, .. }, Self::Done { replayed, body }) => {
                assert!(*replayed, "done twice: {first} and {body}");
                assert_eq!(first, body, "told otherwise");
                self.clone()
            }
            (Self::Done { body, .. }, Self::Refused(code)) => panic!("{body} was refused afterwards: {code}"),
            (Self::NotNow | Self::Refused(_), Self::Done { replayed: true, body }) => {
                panic!("{self:?}, and yet it was done: {body}")
            }
            (Self::Done { .. }, _) | (Self::Refused(_), Self::NotNow | Self::Unknown { .. }) => self.clone(),
            (Self::Unknown { .. }, Self::NotNow) => Self::Unknown { is_answered: true },
            _ => later,
        }
    }

    /// What is known after the same was asked twice at once.
    pub(crate) fn both(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Done { replayed: one, body: first }, Self::Done { replayed: two, body: second }) => {
                assert!(one != two, "of two at once, one does it: {first} and {second}");
                assert_eq!(first, second, "told otherwise");
                self
            }
            (Self::Done { .. }, _) => self,
            (_, Self::Done { .. }) => other,
            (Self::Unknown { .. }, _) => self,
            (_, Self::Unknown { .. }) => other,
            (Self::NotNow, _) | (_, Self::NotNow) => Self::NotNow,
            _ => other,
        }
    }
}
