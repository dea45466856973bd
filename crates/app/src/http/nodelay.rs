//! TCP without Nagle's delay: small answers go out at once.

use std::io;

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::TcpStream;

/// Accepts connections and switches their delay off.
pub(crate) struct NoDelay(pub TcpAcceptor);

impl Acceptor for NoDelay {
    type Io = TcpStream;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.0.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(TcpStream, LocalAddr, RemoteAddr, Scheme)> {
        let accepted = self.0.accept().await?;
        // A connection that is gone already fails when it is read, not here.
        let _ = accepted.0.set_nodelay(true);
        Ok(accepted)
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_does_not_wait_to_send() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut acceptor = NoDelay(TcpAcceptor::from_tokio(listener).unwrap());
        let (connected, accepted) = tokio::join!(TcpStream::connect(address), acceptor.accept());
        assert!(connected.is_ok());
        assert!(accepted.unwrap().0.nodelay().unwrap());
    }
}
