//! The server of `server.py`, on a port of its own, gone with its owner.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use folio_delivery::{Login, Security, Smtp, SmtpConfig};
use tempfile::TempDir;

use crate::inbox::raw;
use crate::python::python;

/// Longer than any step of a healthy server on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
pub(crate) struct Server {
    process: Child,
    port: u16,
    security: Security,
    home: TempDir,
}

impl Server {
    pub(crate) fn start(security: Security) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let mode = match security {
            Security::Plain => "plain",
            Security::StartTls => "starttls",
            Security::Tls => "tls",
        };
        let (mail, certificate, key) = (home.path().join("mail"), home.path().join("cert"), home.path().join("key"));
        fs::create_dir(&mail).expect("a directory");
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        fs::write(&certificate, made.cert.pem()).expect("written");
        fs::write(&key, made.signing_key.serialize_pem()).expect("written");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/post/server.py");
        let mut command = Command::new(python());
        command.args(["-B", "-W", "ignore"]).arg(script).arg(mail).arg(mode).args([certificate, key]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("its port");
        let port = line.trim().parse().expect("its port");
        Self { process, port, security, home }
    }

    /// How to reach it.
    pub(crate) fn config(&self) -> SmtpConfig {
        let login = || Login { user: "folio".to_owned(), password: "a password".to_owned() };
        SmtpConfig {
            host: "localhost".to_owned(),
            port: self.port,
            security: self.security,
            login: (self.security != Security::Plain).then(login),
            trusted: Some(fs::read(self.home.path().join("cert")).expect("a certificate")),
            step_timeout: PATIENCE,
        }
    }

    pub(crate) fn mailer(&self) -> Smtp {
        Smtp::new(self.config()).expect("a mailer")
    }

    /// Where the mail is that it accepted.
    pub(crate) fn mail(&self) -> PathBuf {
        self.home.path().join("mail")
    }

    /// The mail that it accepted.
    pub(crate) fn accepted(&self) -> Vec<Vec<u8>> {
        raw(&self.mail())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
