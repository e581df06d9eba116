//! Just enough HTTP to ask a server on this machine whether it is up.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// A server that is up answers in milliseconds; one that is still loading may hold the request.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether `GET path` on that port of the loopback interface answers with 200.
pub(super) fn answers(port: u16, path: &str) -> bool {
    status_line(port, path).is_ok_and(|line| line.starts_with("HTTP/1.1 200"))
}

fn status_line(port: u16, path: &str) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; 12];
    stream.read_exact(&mut start)?;
    Ok(String::from_utf8_lossy(&start).into_owned())
}
