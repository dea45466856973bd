//! What every crate's manifest must say.

use toml::{Table, Value};

use super::Finding;

const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn inspect(text: &str) -> Vec<Finding> {
    let whats = match text.parse::<Table>() {
        Ok(manifest) if manifest.contains_key("package") => faults(&manifest),
        Ok(_) => Vec::new(),
        Err(error) => vec![format!("not TOML: {}", error.message())],
    };
    whats.into_iter().map(|what| Finding { line: 1, what }).collect()
}

fn faults(manifest: &Table) -> Vec<String> {
    let mut found = own_versions(manifest);
    if !manifest.get("lints").is_some_and(from_workspace) {
        found.push("the lints are the workspace's: write `[lints] workspace = true`".to_owned());
    }
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    found.extend(targets.filter_map(Value::as_table).flat_map(own_versions));
    found
}

/// Dependencies that do not take their version from the workspace.
fn own_versions(section: &Table) -> Vec<String> {
    let lists = DEPENDENCIES.iter().filter_map(|name| section.get(*name)?.as_table());
    let own = lists.flatten().filter(|(_, dependency)| !from_workspace(dependency) && !is_itself(dependency));
    own.map(|(name, _)| format!("{name}: its version belongs in [workspace.dependencies]")).collect()
}

fn from_workspace(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// A package whose tests switch its own features on.
fn is_itself(dependency: &Value) -> bool {
    dependency.get("path").and_then(Value::as_str) == Some(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(text: &str) -> Vec<String> {
        inspect(text).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_manifest_takes_everything_from_the_workspace() {
        let manifest =
            "[package]\nname = 'a'\n[dependencies]\nb.workspace = true\na.path = '.'\n[lints]\nworkspace = true\n";
        assert_eq!(whats(manifest), Vec::<String>::new());
        assert_eq!(whats("[workspace]\nmembers = []\n[workspace.dependencies]\nb = '1'\n"), Vec::<String>::new());
    }

    #[test]
    fn versions_of_its_own_are_named_wherever_they_are() {
        let lists = ["dependencies", "dev-dependencies", "target.'cfg(unix)'.build-dependencies"];
        for list in lists {
            let manifest = format!("[package]\n[lints]\nworkspace = true\n[{list}]\nb = '1'\n");
            assert_eq!(whats(&manifest), ["b: its version belongs in [workspace.dependencies]"], "{list}");
        }
    }

    #[test]
    fn missing_lints_are_a_finding() {
        assert_eq!(whats("[package]\nname = 'a'\n").len(), 1);
        assert_eq!(whats("[package]\nname = 'a'\n[lints]\nworkspace = false\n").len(), 1);
    }
}
