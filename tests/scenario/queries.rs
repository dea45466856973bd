//! A query says each thing once (R43).

use folio_tests::{House, on_both};

use crate::furnished::Furnished;

on_both! { "perfectparser":
    r43_a_parameter_that_is_there_twice_is_refused_by_name,
}

async fn r43_a_parameter_that_is_there_twice_is_refused_by_name(house: &House) {
    let here = Furnished::of(house).await;
    let mut tried = 0;
    for operation in here.operations().await {
        let path = here.path(&operation);
        let parameters = operation.about["parameters"].as_array().into_iter().flatten();
        for name in parameters.filter(|it| it["in"] == "query").map(|it| it["name"].as_str().expect("a name")) {
            // Twice the same is not said once, and a name may be written in more than one way.
            let odd = format!("%{:02x}{}", name.as_bytes()[0], &name[1..]);
            for query in [format!("{name}=1&{name}=1"), format!("{name}=1&{name}=2"), format!("{name}=1&x=2&{odd}=1")] {
                let path = path.split('?').next().expect("a path");
                let answer = house.operator.get(&format!("{path}?{query}")).await;
                let problem = answer.refused(422, "validation_failed");
                let error = &problem["errors"][0];
                assert_eq!(error["pointer"], format!("/{name}"), "{path}?{query}: {problem}");
                assert_eq!(error["code"], "duplicate");
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
}
