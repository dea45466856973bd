use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::bench::Bench;

/// A server that is stopped whatever becomes of its test.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(bench: &Bench) -> Self {
        let mut command = bench.command("serve --listen 127.0.0.1:0");
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut first = String::new();
        let out = process.stdout.take().expect("stdout is piped");
        BufReader::new(out).read_line(&mut first).expect("it says where");
        let address = first.trim_end().strip_prefix("listening on http://").expect("the address").to_owned();
        Self { process, address }
    }

    /// The body of what it answers.
    fn post(&self, path: &str, key: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it accepts");
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: folio\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: {path}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        answer
    }

    /// Sends SIGTERM; whether it ends well.
    fn ends_when_told(mut self) -> bool {
        Command::new("kill").arg(self.process.id().to_string()).status().expect("a signal is sent");
        self.process.wait().expect("it ends").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

#[test]
fn serve_says_where_it_listens_and_ends_when_it_is_told_to() {
    let bench = Bench::new();
    let server = Server::start(&bench);
    TcpStream::connect(&server.address).expect("it accepts");

    let address = &server.address;
    let taken = bench.run(&format!("serve --listen {address} --database sqlite://other.db")).ended(1);
    assert!(taken.err.starts_with(&format!("error: cannot listen on {address}: ")), "{}", taken.err);
    assert!(!bench.path("other.db").exists());
    assert!(server.ends_when_told());
}

#[test]
fn r18_a_server_lapses_holds_while_commands_work_beside_it() {
    let bench = Bench::new();
    let server = Server::start(&bench);
    let key = bench.acme();
    server.post("/v1/customers", &key, r#"{"external_id":"ada"}"#);
    let hold = r#"{"customer":"ada","operation":"extract","items":[{"quantity":4}],"ttl":"PT1S"}"#;
    server.post("/v1/holds", &key, hold);
    // Opened, granted, held; the fourth entry is the worker's.
    let entries = || bench.run("ledger verify --format json").ended(0).json()["entries"].as_u64();
    assert!((0..200).any(|_| entries() == Some(4)), "nobody lapsed the hold");
    assert!(server.ends_when_told());
}

#[test]
fn a_server_has_a_directory_for_mail_and_refuses_settings_that_cannot_be() {
    let bench = Bench::new();
    let server = Server::start(&bench);
    assert!(bench.path("folio-mail").is_dir());
    assert!(server.ends_when_told());

    bench.write("key", "sk_live_1\n");
    let table = [
        ("--smtp-url smtps://ada:hunter2@mail.example.com --mail-from a@example.com", "no password stands here"),
        ("--smtp-url smtps://mail.example.com", "who do mails come from?"),
        (
            "--smtp-url smtps://ada@mail.example.com --mail-from a@example.com",
            "FOLIO_SMTP_PASSWORD or a file is missing",
        ),
        ("--stripe-secret-key-file key", "FOLIO_STRIPE_WEBHOOK_SECRET or a file"),
        ("--public-url billing.example.com", "an address such as https://"),
    ];
    for (flags, why) in table {
        let refused = bench.run(&format!("serve --listen 127.0.0.1:0 {flags}")).ended(2);
        assert!(refused.err.contains(why) && !refused.err.contains("hunter2"), "{flags}: {}", refused.err);
    }
}
