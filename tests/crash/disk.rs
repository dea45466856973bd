//! Disks that are full, and directories that cannot be written.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use folio_tests::{Place, Ran, Server, Store, folio};
use tempfile::TempDir;

use crate::dice::{Dice, seed};
use crate::trial::{Trial, status};

/// A small file system of its own. Unmounted when it is dropped.
struct Disk(TempDir);

impl Disk {
    fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("folio-disk-").tempdir().expect("a directory");
        let disk = Self(directory);
        mount(&["-t", "tmpfs", "-o", "size=48m", "tmpfs"], disk.path());
        disk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.path().join("folio.db").display())
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut ballast = fs::File::create(self.ballast()).expect("a file");
        while ballast.write_all(&[1; 4096]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.ballast()).expect("removed");
    }

    fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], self.path());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking(), "the disk is in use");
    }
}

fn mount(options: &[&str], place: &Path) {
    let mounted = Command::new("mount").args(options).arg(place).output().expect("mount runs");
    let told = String::from_utf8_lossy(&mounted.stderr);
    assert!(mounted.status.success(), "this test needs to mount a small tmpfs, as root with CAP_SYS_ADMIN: {told}");
}

/// What `folio serve` says that cannot start. It would be stopped if it did.
fn refused_to_serve(database: &str) -> String {
    let place = Place::new(Store::Sqlite);
    let program = folio(place.directory());
    let mut serve = Command::new("timeout");
    serve.arg("30").arg(program.get_program()).args(["serve", "--listen", "127.0.0.1:0", "--database", database]);
    let ran = Ran::of(serve.current_dir(place.directory()));
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    ran.err
}

/// A server with its file on this disk, and a tenant.
async fn begin(disk: &Disk) -> (Place, Server, Trial) {
    let seed = seed();
    println!("seed {seed}");
    let place = Place::with(disk.database());
    let server = Server::on(&place);
    let trial = Trial::begin(&server, Store::Sqlite, &Dice::new(seed)).await;
    (place, server, trial)
}

#[tokio::test]
async fn r45_a_full_disk_is_said_and_survived() {
    let disk = Disk::new();
    let (_place, server, mut trial) = begin(&disk).await;
    for _ in 0..3 {
        let load = trial.load(&[&server], true);
        load.until_done(200).await;
        let logged = server.log().len();
        disk.fill();
        load.until_not_done(300).await;
        assert!(trial.reads(&server).await, "what is there can be read");
        disk.free();
        load.until_done(200).await;
        let hosts = load.stop().await;
        trial.reconcile(hosts, &server).await;
        let since = server.log().split_off(logged);
        assert!(since.contains("disk is full"), "the log says why: {since}");
    }
    trial.close(&server).await;
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn r45_a_server_killed_on_a_full_disk_starts_once_there_is_space() {
    let disk = Disk::new();
    let (place, server, mut trial) = begin(&disk).await;
    let load = trial.load(&[&server], true);
    load.until_done(200).await;
    disk.fill();
    load.until_not_done(100).await;
    server.kill();
    let hosts = load.stop().await;
    disk.free();
    let server = Server::on(&place);
    trial.reconcile(hosts, &server).await;
    trial.close(&server).await;
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn a_server_says_why_it_cannot_use_its_file() {
    let disk = Disk::new();
    let missing = disk.path().join("nowhere").join("folio.db");
    let told = refused_to_serve(&format!("sqlite://{}", missing.display()));
    assert!(told.contains("No such file or directory") && told.contains("nowhere"), "{told}");
    let told = refused_to_serve(&format!("sqlite://{}", disk.path().display()));
    assert!(told.contains("Is a directory"), "{told}");

    disk.fill();
    assert!(refused_to_serve(&disk.database()).contains("disk is full"));
    disk.free();
    let place = Place::with(disk.database());
    let server = Server::on(&place);
    assert_eq!(status(&server, "/readyz").await, 200);
    assert_eq!(server.stop(), Some(0));
    disk.make_read_only();
    let told = refused_to_serve(&disk.database());
    assert!(told.contains("Read-only file system") && told.contains("folio.db"), "{told}");
    let told = refused_to_serve(&format!("sqlite://{}", disk.path().join("new.db").display()));
    assert!(told.contains("Read-only file system") && told.contains("new.db"), "{told}");
}
