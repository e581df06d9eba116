//! As much of HTTP as AWS clients speak.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;

use super::Call;

/// A request, taken apart.
pub(super) struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// Reads one; none when the connection ends first.
    pub(super) fn read(client: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(client);
        let line = read_line(&mut reader)?;
        let mut headers = Vec::new();
        loop {
            let header = read_line(&mut reader)?;
            let Some((name, value)) = header.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Self { line, headers, body: Vec::new() };
        let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Which call it is: the query protocols name it in the body, the JSON protocols in a header,
    /// the CBOR protocol in the path; region and service stand in the scope of the signature.
    pub(super) fn call(&self) -> Call {
        let body = String::from_utf8_lossy(&self.body);
        let in_body = || body.split('&').find_map(|pair| pair.strip_prefix("Action="));
        let in_header = || self.header("x-amz-target").and_then(|target| target.rsplit('.').next());
        let in_path = || self.line.split_once("/operation/")?.1.split(' ').next();
        let signature = self.header("authorization").expect("AWS calls are signed");
        // Credential=<key>/<date>/<region>/<service>/aws4_request
        let scope: Vec<&str> = signature.split('/').collect();
        Call {
            region: scope[2].to_owned(),
            service: scope[3].to_owned(),
            action: in_body()
                .or_else(in_header)
                .or_else(in_path)
                .expect("the call has a name")
                .to_owned(),
            round: 0,
        }
    }

    /// Passes it on and returns the whole answer. The server ends the connection with it.
    pub(super) fn forward(&self, upstream: &str) -> Vec<u8> {
        let mut server = TcpStream::connect(upstream).expect("LocalStack takes connections");
        let mut head = format!("{}\r\nconnection: close\r\n", self.line);
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "connection") {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        server.write_all(head.as_bytes()).unwrap();
        server.write_all(b"\r\n").unwrap();
        server.write_all(&self.body).unwrap();
        let mut answer = Vec::new();
        server.read_to_end(&mut answer).unwrap();
        answer
    }
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let length = reader.read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim_end().to_owned())
}

/// Sends an answer. A client that was killed or gave up does not take it.
pub(super) fn send(client: &mut TcpStream, answer: &[u8]) {
    let _ = client.write_all(answer);
}

/// The answer of a service that refuses, in its protocol's words.
pub(super) fn error(call: &Call, status: u16, code: &str, message: &str) -> Vec<u8> {
    // CloudWatch's clients speak CBOR: a map of two texts.
    if call.service == "monitoring" {
        let texts = ["__type", code, "message", message].map(cbor);
        let body = [vec![0xA2], texts.concat()].concat();
        return answer(status, "application/cbor\r\nsmithy-protocol: rpc-v2-cbor", &body);
    }
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let id = "<RequestId>00000000-0000-0000-0000-000000000000</RequestId>";
    let body = if call.service == "ec2" {
        format!("<Response><Errors>{error}</Errors>{id}</Response>")
    } else {
        format!("<ErrorResponse>{error}{id}</ErrorResponse>")
    };
    answer(status, "text/xml", body.as_bytes())
}

/// A text in CBOR, with its length in one or two bytes before it.
fn cbor(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("the texts of an error are short");
    let head = if length < 24 { vec![0x60 + length] } else { vec![0x78, length] };
    [head, text.as_bytes().to_vec()].concat()
}

/// The answer of a service that is asked too often.
pub(super) fn throttled(call: &Call) -> Vec<u8> {
    if call.service == "ec2" {
        error(call, 503, "RequestLimitExceeded", "Request limit exceeded.")
    } else {
        error(call, 400, "Throttling", "Rate exceeded")
    }
}

/// The answer of something in front of the service.
pub(super) fn bare(status: u16) -> Vec<u8> {
    answer(status, "text/html", b"<html><body>Internal Server Error</body></html>")
}

fn answer(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Error\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}
