//! The Runtime API of Lambda, version 2018-06-01: hands events out and takes answers.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::http::{Answer, Request, serve};
use super::{ACCOUNT, REGION};

/// How long anything is waited for, under a quota of a seventh of a core as well.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the function did, and when it arrived.
#[derive(Clone, Debug)]
pub(crate) enum Did {
    /// It asks for an event.
    Next,
    /// It answered one.
    Answered(String),
    /// It failed over one.
    Failed(String),
    /// It could not start.
    InitFailed(String),
}

/// One Runtime API, for one function.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    events: Sender<String>,
    did: Receiver<(Instant, Did)>,
}

impl RuntimeApi {
    /// One for a function of the spec's account.
    pub(crate) fn start() -> Self {
        Self::of_account(ACCOUNT)
    }

    /// One for a function of an account.
    pub(crate) fn of_account(account: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (events, waiting) = channel();
        let (tell, did) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (waiting, tell) = (Arc::clone(&waiting), tell.clone());
                stream.set_nodelay(true).unwrap();
                // A connection that breaks is a function that ended.
                thread::spawn(move || {
                    serve(stream, |request| Some(answer(&request, account, &waiting, &tell)))
                });
            }
        });
        Self { address, events, did }
    }

    /// Hands an event out, to whoever asks.
    pub(crate) fn invoke(&self, event: String) {
        self.events.send(event).unwrap();
    }

    /// The next thing that the function does.
    pub(crate) fn did(&self) -> (Instant, Did) {
        self.did.recv_timeout(PATIENCE).expect("the function does nothing any more")
    }

    /// Whether nobody has called.
    pub(crate) fn has_heard_nothing(&self) -> bool {
        self.did.try_recv().is_err()
    }
}

fn answer(
    request: &Request,
    account: &str,
    events: &Mutex<Receiver<String>>,
    tell: &Sender<(Instant, Did)>,
) -> Answer {
    let now = Instant::now();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let accepted = Answer { status: 202, ..Answer::ok("application/json", "{\"status\":\"OK\"}") };
    let (did, answer) = match (request.method.as_str(), request.path.as_str()) {
        ("GET", path) if path.ends_with("/invocation/next") => {
            // The one who reads may be gone: then the test is over.
            let _ = tell.send((now, Did::Next));
            let event = events.lock().unwrap().recv();
            return event
                .map_or(Answer { status: 500, ..accepted }, |event| invocation(event, account));
        }
        ("POST", path) if path.ends_with("/response") => (Did::Answered(body), accepted),
        ("POST", path) if path.ends_with("/init/error") => (Did::InitFailed(body), accepted),
        ("POST", path) if path.ends_with("/error") => (Did::Failed(body), accepted),
        _ => return Answer { status: 404, ..accepted },
    };
    let _ = tell.send((now, did));
    answer
}

fn invocation(event: String, account: &str) -> Answer {
    let deadline = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + PATIENCE;
    let mut answer = Answer::ok("application/json", event);
    let function = "plimsoll-alfred-production-controller";
    answer.headers.extend([
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            format!("arn:aws:lambda:{REGION}:{account}:function:{function}"),
        ),
    ]);
    answer
}
