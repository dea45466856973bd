//! Whole lives of customers: random commands over a clock that jumps both ways, against a naive model
//! (R3, R4, R5, R6, R7, R10, R11, R12, R15–R19, R26, R35). `PROPTEST_CASES` raises their number.

mod ledger;
mod life;
mod model;

use life::{Command, Life, Signup, commands, signups};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lives_go_as_the_model_says(signup in signups(), commands in commands()) {
        live(signup, &commands);
    }
}

fn live(signup: Signup, commands: &[Command]) {
    let mut life = Life::begin(signup);
    for command in commands {
        life.step(command);
    }
    life.end();
}
