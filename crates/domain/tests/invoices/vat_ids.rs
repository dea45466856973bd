//! VAT ids: right ones pass, slips do not. The ids are random numbers with a right check.

use std::collections::BTreeSet;

use folio_domain::VatId;
use proptest::prelude::*;

const RIGHT: &[&str] = &[
    "ATU86091390",
    "BE0499955123",
    "BG548955594",
    "CHE942001814",
    "CY17164129L",
    "CZ23203544",
    "DE841393829",
    "DK96787103",
    "EE711432378",
    "EL032068941",
    "ESL7881042T",
    "ESF31072275",
    "ES09251436P",
    "FI71693932",
    "FREK374127629",
    "FRS5949179816",
    "FR6V601715790",
    "FR58412633521",
    "GB887102370",
    "HR03187698523",
    "HU91374385",
    "IE9123769I",
    "IE4357072DE",
    "IE8O99293D",
    "IT54510010272",
    "LT120662692017",
    "LT524461014",
    "LU58343338",
    "LV40955870074",
    "MT89798340",
    "NL220681971B39",
    "NO195708363MVA",
    "PL7619842145",
    "PT433223464",
    "RO51",
    "RO84605",
    "RO8582206",
    "RO975250",
    "SE227282001601",
    "SI47122064",
    "SK6977164128",
];

fn is_right(text: &str) -> bool {
    text.parse::<VatId>().is_ok()
}

#[test]
fn r36_right_vat_ids_of_every_state_pass() {
    for id in RIGHT {
        assert!(is_right(id), "{id}");
    }
    let states: BTreeSet<_> = RIGHT.iter().map(|id| id.parse::<VatId>().unwrap().country()).collect();
    assert_eq!(states.iter().filter(|state| state.is_in_eu()).count(), 27);
    assert_eq!(
        states.iter().filter(|state| !state.is_in_eu()).map(|state| state.code()).collect::<Vec<_>>(),
        ["CH", "GB", "NO"]
    );
}

#[test]
fn r36_an_id_is_read_as_people_write_it() {
    let read = |text: &str| text.parse::<VatId>().map(|id| (id.to_string(), id.country().code())).ok();
    assert_eq!(read("de 136.695-976"), Some(("DE136695976".into(), "DE")));
    assert_eq!(read("EL094259216"), Some(("EL094259216".into(), "GR")));
    assert_eq!(read("CHE-107.787.577 IVA"), Some(("CHE107787577IVA".into(), "CH")));
    for wrong in ["", "D", "DE", "136695976", "US123456789", "GR094259216", "DE136695976X", "DE１３６６９５９７６"]
    {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn r36_a_wrong_digit_is_caught() {
    // Germany's, Italy's and most others' checks catch every single wrong digit.
    for id in ["DE136695976", "IT00743110157", "PL8567346215", "NO995525828MVA", "LU15027442", "FI20774740"] {
        for (place, old) in id.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for new in ('0'..='9').filter(|new| *new != old) {
                let mut wrong = id.to_owned();
                wrong.replace_range(place..=place, &new.to_string());
                assert!(!is_right(&wrong), "{wrong}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r36_any_text_is_read_without_a_panic(prefix in "[A-Z]{2}", rest in "[0-9A-Z+*é]{0,14}", any in ".{0,40}") {
        let _ = (is_right(&format!("{prefix}{rest}")), is_right(&any));
        for id in RIGHT {
            let _ = is_right(&format!("{}{rest}", &id[..2]));
        }
    }
}
