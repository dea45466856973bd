//! How often a key may call (acceptance D).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::KeyId;
use poem::http::HeaderMap;
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};
use ports::Clock;

use crate::api::codes::Code;
use crate::api::problem::Problem;

/// The length of a window.
const MINUTE: Duration = Duration::from_mins(1);
/// Windows that are over are swept when there are so many, and again when there are twice as many as were left: a
/// sweep looks at no more windows than were opened since the one before.
const MANY: usize = 10_000;

/// Two sorts of calls are counted, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Every call.
    Any,
    /// Calls that start paid work.
    Paid,
}

/// Calls a minute; `None` is without limit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PerMinute {
    /// Of every sort.
    pub any: Option<u32>,
    /// That start paid work.
    pub paid: Option<u32>,
}

/// Limits by sort of key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// For operators' keys.
    pub operator: PerMinute,
    /// For customers' keys.
    pub customer: PerMinute,
}

impl Default for Rates {
    fn default() -> Self {
        Self { operator: PerMinute::default(), customer: PerMinute { any: Some(150), paid: Some(20) } }
    }
}

/// How a key stands after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    limit: u32,
    remaining: u32,
    /// Until the window ends.
    resets_in: Duration,
}

/// Calls counted since the window began.
#[derive(Debug)]
struct Window {
    began: Instant,
    calls: u32,
}

impl Window {
    fn is_over(&self, now: Instant) -> bool {
        now.duration_since(self.began) >= MINUTE
    }
}

/// Counts calls in windows of a minute that begin with a key's first call. Counting, not dripping: a caller
/// has exactly the calls that the headers promise.
#[derive(Debug)]
pub(crate) struct RateLimits {
    rates: Rates,
    windows: Mutex<Windows>,
}

/// The windows of all keys that called of late.
#[derive(Debug)]
struct Windows {
    open: HashMap<(KeyId, Class), Window>,
    /// How many there are at the next sweep.
    many: usize,
}

impl Windows {
    /// The window of this key at this instant.
    fn of(&mut self, key: (KeyId, Class), now: Instant) -> &mut Window {
        if self.open.len() >= self.many {
            self.open.retain(|_, window| !window.is_over(now));
            self.many = MANY.max(2 * self.open.len());
        }
        let window = self.open.entry(key).or_insert(Window { began: now, calls: 0 });
        if window.is_over(now) {
            *window = Window { began: now, calls: 0 };
        }
        window
    }
}

impl RateLimits {
    /// Nothing counted yet.
    #[must_use]
    pub(crate) fn new(rates: Rates) -> Self {
        Self { rates, windows: Mutex::new(Windows { open: HashMap::new(), many: MANY }) }
    }

    /// Counts a call. `None` where the key has no limit; an error where it has no call left.
    pub(crate) fn count(
        &self,
        key: KeyId,
        customer: bool,
        class: Class,
        now: Instant,
    ) -> Result<Option<Standing>, Standing> {
        let rates = if customer { self.rates.customer } else { self.rates.operator };
        let limit = match class {
            Class::Any => rates.any,
            Class::Paid => rates.paid,
        };
        let Some(limit) = limit else { return Ok(None) };
        let Ok(mut windows) = self.windows.lock() else { return Ok(None) };
        let window = windows.of((key, class), now);
        let resets_in = MINUTE.saturating_sub(now.duration_since(window.began));
        if window.calls >= limit {
            return Err(Standing { limit, remaining: 0, resets_in });
        }
        window.calls += 1;
        Ok(Some(Standing { limit, remaining: limit - window.calls, resets_in }))
    }
}

impl Standing {
    /// Seconds until the window ends, a started one counted.
    fn seconds(self) -> u64 {
        self.resets_in.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX)
    }

    /// What a caller without a call left is told.
    #[must_use]
    pub(crate) fn problem(self) -> Problem {
        let detail = format!("The key has made its {} calls of this minute.", self.limit);
        Problem::new(Code::RateLimited, detail).retry_after(self.seconds())
    }

    /// The headers: the reset is an instant, in Unix seconds.
    fn write(self, headers: &mut HeaderMap, clock: &dyn Clock) {
        let reset = clock.now().timestamp().saturating_add_unsigned(self.seconds());
        headers.insert("X-RateLimit-Limit", self.limit.into());
        headers.insert("X-RateLimit-Remaining", self.remaining.into());
        headers.insert("X-RateLimit-Reset", reset.into());
    }
}

/// Where a call's standing is put, for its answer to tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Option<Standing>>>);

impl Told {
    /// The later standing is the stricter one.
    pub(crate) fn set(&self, standing: Standing) {
        if let Ok(mut told) = self.0.lock() {
            *told = Some(standing);
        }
    }
}

/// Tells a limited key's standing with every answer.
pub(crate) async fn told(clock: Arc<dyn Clock>, routes: Arc<impl Endpoint>, mut request: Request) -> Result<Response> {
    let told = Told::default();
    request.set_data(told.clone());
    let mut response = routes.call(request).await?.into_response();
    let standing = told.0.lock().ok().and_then(|told| *told);
    if let Some(standing) = standing {
        standing.write(response.headers_mut(), clock.as_ref());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const KEY: KeyId = KeyId(Uuid::from_u128(1));

    #[test]
    fn d_a_customers_key_has_150_calls_a_minute() {
        let (limits, start) = (RateLimits::new(Rates::default()), Instant::now());
        for call in 1..=150 {
            let standing = limits.count(KEY, true, Class::Any, start).unwrap().unwrap();
            assert_eq!((standing.limit, standing.remaining), (150, 150 - call));
        }
        let refused = limits.count(KEY, true, Class::Any, start + Duration::from_millis(59_999)).unwrap_err();
        assert_eq!((refused.remaining, refused.seconds()), (0, 1));
        assert!(limits.count(KEY, true, Class::Any, start + MINUTE).is_ok());
    }

    #[test]
    fn d_calls_that_start_paid_work_have_their_own_20() {
        let (limits, now) = (RateLimits::new(Rates::default()), Instant::now());
        for _ in 0..20 {
            assert!(limits.count(KEY, true, Class::Paid, now).is_ok());
        }
        assert!(limits.count(KEY, true, Class::Paid, now).is_err());
        assert!(limits.count(KEY, true, Class::Any, now).is_ok());
        assert!(limits.count(KeyId(Uuid::from_u128(2)), true, Class::Paid, now).is_ok());
    }

    #[test]
    fn d_an_operators_key_is_without_limit_unless_configured() {
        let now = Instant::now();
        assert_eq!(RateLimits::new(Rates::default()).count(KEY, false, Class::Paid, now), Ok(None));
        let rates = Rates { operator: PerMinute { any: Some(1), paid: None }, ..Rates::default() };
        let limits = RateLimits::new(rates);
        assert!(limits.count(KEY, false, Class::Any, now).is_ok());
        assert!(limits.count(KEY, false, Class::Any, now).is_err());
    }

    #[test]
    fn windows_that_are_over_go_and_are_seldom_looked_at() {
        let (limits, start) = (RateLimits::new(Rates::default()), Instant::now());
        let state = || {
            let windows = limits.windows.lock().unwrap();
            (windows.open.len(), windows.many)
        };
        let call = |keys: std::ops::Range<u128>, now| {
            for key in keys {
                assert!(limits.count(KeyId(Uuid::from_u128(key)), true, Class::Any, now).is_ok());
            }
        };
        call(0..10_000, start);
        assert_eq!(state(), (10_000, 10_000));
        // None is over: they stay, and the next sweep is as far away as they are many.
        call(10_000..10_001, start);
        assert_eq!(state(), (10_001, 20_000));
        call(20_000..30_000, start + MINUTE);
        assert_eq!(state(), (10_000, 19_998), "the first ten thousand and one are over");
    }
}
