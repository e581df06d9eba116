//! What a test does to LocalStack beside AWS: see `localstack/README.md`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::harness::server;
use crate::house::{FUNCTION, House};

/// From now on no group of the region can launch.
pub(crate) fn no_capacity(house: &House, region: &str) {
    ask("PUT", &format!("shortages?account={}&region={region}", house.account.id));
}

/// Launches succeed again there.
pub(crate) fn capacity(house: &House, region: &str) {
    ask("DELETE", &format!("shortages?account={}&region={region}", house.account.id));
}

/// Kills what runs a region's controller, with SIGKILL; how many processes that were.
pub(crate) fn kill(house: &House, region: &str) -> usize {
    let of = format!("account={}&region={region}&function={FUNCTION}", house.account.id);
    ask("DELETE", &format!("functions?{of}")).as_array().unwrap().len()
}

fn ask(method: &str, what: &str) -> Value {
    let host = server().endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let request =
        format!("{method} /_plimsoll/{what} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{method} {what}: {answer}");
    serde_json::from_str(body).unwrap()
}
