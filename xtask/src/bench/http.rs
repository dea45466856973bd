//! HTTP/1.1, as little of it as a load needs: one keep-alive connection, one call at a time.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(super) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server does not answer")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(16 << 10) })
    }

    /// Sends a request and returns the answer's body. Only success will do.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let head = loop {
            self.receive().await?;
            if let Some(head) = Head::read(&self.received) {
                break head?;
            }
        };
        while self.received.len() < head.length + head.body {
            self.receive().await?;
        }
        let body = &self.received[head.length..];
        ensure!((200..300).contains(&head.status), "{}: {}", head.status, String::from_utf8_lossy(body));
        Ok(body)
    }

    async fn receive(&mut self) -> Result<()> {
        let bytes = self.stream.read_buf(&mut self.received).await?;
        ensure!(bytes > 0, "the server has closed the connection");
        Ok(())
    }
}

/// What comes before an answer's body.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    length: usize,
    body: usize,
}

impl Head {
    /// `None` as long as it has not come whole.
    fn read(received: &[u8]) -> Option<Result<Self>> {
        let end = received.windows(4).position(|four| four == b"\r\n\r\n")?;
        Some(Self::parse(&received[..end]).context("not an HTTP answer with a Content-Length"))
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(head).ok()?;
        let status = text.split(' ').nth(1)?.parse().ok()?;
        let mut headers = text.lines().filter_map(|line| line.split_once(':'));
        let (_, body) = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
        Some(Self { status, length: head.len() + 4, body: body.trim().parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Type: a\r\ncontent-length: 2\r\n\r\n{}";
        assert!(Head::read(&answer[..40]).is_none());
        let head = Head::read(answer).unwrap().unwrap();
        assert_eq!(head, Head { status: 201, length: answer.len() - 2, body: 2 });
    }

    #[test]
    fn an_answer_without_a_length_is_refused() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").unwrap().is_err());
    }
}
