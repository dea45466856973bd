use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::bench::Bench;

/// A server that is stopped whatever becomes of its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[test]
fn serve_says_where_it_listens_and_ends_when_it_is_told_to() {
    let bench = Bench::new();
    let mut command = bench.command("serve --listen 127.0.0.1:0");
    let mut server = Server(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut first = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.trim_end().strip_prefix("listening on http://").expect("the address");
    std::net::TcpStream::connect(address).expect("it accepts");

    // Commands work on the database beside it.
    bench.acme();
    bench.run("ledger verify").ended(0);

    let taken = bench.run(&format!("serve --listen {address} --database sqlite://other.db")).ended(1);
    assert!(taken.err.starts_with(&format!("error: cannot listen on {address}: ")), "{}", taken.err);
    assert!(!bench.path("other.db").exists());

    Command::new("kill").arg(server.0.id().to_string()).status().expect("a signal is sent");
    assert!(server.0.wait().unwrap().success());
}
