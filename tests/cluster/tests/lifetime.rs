//! A server answers while its owner lives, and is gone when the owner is.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use folio_test_cluster::Cluster;

const OWNER: &str = "FOLIO_TEST_CLUSTER_OWNER";
const TEST: &str = "a_server_ends_with_an_owner_that_is_killed";

#[test]
fn each_database_is_new_and_commits_are_durable() {
    let cluster = Cluster::start().unwrap();
    let (one, other) = (cluster.database().unwrap(), cluster.database().unwrap());
    assert_ne!(one, other);
    cluster.psql(&one, "CREATE TABLE mark (n int); INSERT INTO mark VALUES (7);").unwrap();
    assert_eq!(cluster.psql(&one, "SELECT n FROM mark;").unwrap(), "7");
    assert!(cluster.psql(&other, "SELECT n FROM mark;").unwrap_err().to_string().contains("does not exist"));
    for durable in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(cluster.psql(&one, &format!("SHOW {durable};")).unwrap(), "on", "{durable}");
    }
    assert_eq!(cluster.psql(&one, "SHOW max_connections;").unwrap(), "200");
}

#[test]
fn a_dropped_server_is_gone_at_once() -> Result<()> {
    let cluster = Cluster::start()?;
    let (address, directory) = traces(&cluster)?;
    assert!(TcpStream::connect(&address).is_ok());
    assert!(directory.exists());
    drop(cluster);
    assert!(TcpStream::connect(&address).is_err());
    assert!(!directory.exists());
    Ok(())
}

/// Runs itself as the owner, and kills it.
#[test]
fn a_server_ends_with_an_owner_that_is_killed() -> Result<()> {
    if std::env::var_os(OWNER).is_some() {
        return own();
    }
    let mut owner = Command::new(std::env::current_exe()?)
        .args(["--exact", TEST, "--nocapture"])
        .env(OWNER, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let said = BufReader::new(owner.stdout.take().context("no stdout")?)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("owner: ").map(|(_, traces)| traces.to_owned()))
        .context("the owner does not say where its server is")?;
    let (address, directory) = said.split_once(' ').context("no directory")?;
    assert!(TcpStream::connect(address).is_ok());
    owner.kill()?;
    owner.wait()?;
    let gone = || TcpStream::connect(address).is_err() && !Path::new(directory).exists();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !gone() {
        assert!(Instant::now() < deadline, "{address} or {directory} is still there");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Starts a server and waits for the end.
fn own() -> Result<()> {
    let cluster = Cluster::start()?;
    let (address, directory) = traces(&cluster)?;
    println!("owner: {address} {}", directory.display());
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// What a server leaves on the machine: a listening address and a directory.
fn traces(cluster: &Cluster) -> Result<(String, PathBuf)> {
    let address = cluster.server().rsplit('@').next().context("no address")?;
    let data = cluster.psql(&cluster.url("postgres"), "SHOW data_directory;")?;
    let directory = Path::new(&data).parent().context("no directory")?;
    Ok((address.to_owned(), directory.to_owned()))
}
