//! The front doors of regions: small HTTP servers that can be made to fail.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The endpoint of one region. It ends when it is dropped.
pub(crate) struct Endpoint {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    fails: AtomicBool,
    stopped: AtomicBool,
}

impl Endpoint {
    /// One that answers.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if serving.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(client) = client else { continue };
                serving.serve(client);
            }
        });
        Self { address, shared }
    }

    /// The address, as the spec has it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// From now on it answers 503, as a load balancer without a healthy target does.
    pub(crate) fn fail(&self) {
        self.shared.fails.store(true, Ordering::Relaxed);
    }

    /// From now on it answers 200.
    pub(crate) fn recover(&self) {
        self.shared.fails.store(false, Ordering::Relaxed);
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener up.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    /// Reads a request's head and answers. A client that goes away is no matter.
    fn serve(&self, mut client: TcpStream) {
        let Ok(reading) = client.try_clone() else { return };
        let mut lines = BufReader::new(reading).lines().map_while(Result::ok);
        if lines.find(String::is_empty).is_none() {
            return;
        }
        let fails = self.fails.load(Ordering::Relaxed);
        let status = if fails { "503 Service Unavailable" } else { "200 OK" };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = client.write_all(answer.as_bytes());
    }
}
