//! A proxy between Plimsoll and LocalStack: records every call, and disturbs by one rule.
//!
//! One thread for each connection, one call for each connection: AWS calls are small and few.

mod http;
mod rule;

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use http::Request;
pub(crate) use rule::Rule;
use rule::Verdict;

use super::server::server;

/// Calls that stand apart from the reads of a plan: whose account it is, and a long list that is
/// kept on disk for a week.
const APART: [&str; 2] = ["GetCallerIdentity", "DescribeInstanceTypes"];

/// Nothing is under way for longer.
const SETTLES_WITHIN: Duration = Duration::from_secs(30);
/// So long after the last call of a round, no further one comes: a client that holds all answers
/// needs milliseconds for its next call, and more on a machine that is busy.
const QUIET: Duration = Duration::from_millis(1500);

/// One API call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) region: String,
    pub(crate) service: String,
    /// Such as `DescribePolicies`.
    pub(crate) action: String,
    /// How many times all answers were held back before it came; 0 unless they are.
    pub(crate) round: usize,
}

impl Call {
    pub(crate) fn writes(&self) -> bool {
        !self.action.starts_with("Describe") && !self.action.starts_with("Get")
    }

    fn stands_apart(&self) -> bool {
        APART.contains(&self.action.as_str())
    }
}

/// The proxy. It ends when it is dropped.
pub(crate) struct Proxy {
    endpoint: String,
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    rule: Rule,
    state: Mutex<State>,
    changed: Condvar,
    stopped: AtomicBool,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// Connections that are being served.
    open: usize,
    /// Whether the client is to be killed.
    struck: bool,
    round: usize,
    /// Calls of this round, and how many of them have their answer held back.
    asked: usize,
    held: usize,
}

impl Proxy {
    /// Starts one in front of the server.
    pub(crate) fn start(rule: Rule) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = server().endpoint.trim_start_matches("http://").to_owned();
        let shared = Arc::new(Shared {
            upstream,
            rule,
            state: Mutex::default(),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || serving.listen(&listener));
        Self { endpoint: format!("http://{address}"), address, shared }
    }

    pub(crate) fn endpoint(&self) -> &String {
        &self.endpoint
    }

    /// Whether the client is to be killed now.
    pub(crate) fn strikes(&self) -> bool {
        self.shared.state().struck
    }

    /// The calls so far, when none is under way any more.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let deadline = Instant::now() + SETTLES_WITHIN;
        let mut state = self.shared.state();
        while state.open > 0 {
            assert!(Instant::now() < deadline, "{} calls are still under way", state.open);
            state = self.shared.changed.wait_timeout(state, SETTLES_WITHIN).unwrap().0;
        }
        state.calls.clone()
    }

    /// The calls that change something.
    pub(crate) fn writes(&self) -> Vec<Call> {
        self.calls().into_iter().filter(Call::writes).collect()
    }

    /// The reads of a region, without those that stand apart.
    pub(crate) fn reads(&self, region: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.region == region && !call.writes() && !call.stands_apart());
        calls
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener up.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            let (shared, client) = (Arc::clone(self), client.unwrap());
            self.state().open += 1;
            thread::spawn(move || {
                shared.serve(client);
                shared.state().open -= 1;
                shared.changed.notify_all();
            });
        }
    }

    fn serve(&self, mut client: TcpStream) {
        // A client that closes without a call has nothing to be served.
        let Some(request) = Request::read(&client) else { return };
        let (call, verdict) = self.judge(&request);
        match verdict {
            Verdict::Pass => {
                let answer = request.forward(&self.upstream);
                if matches!(self.rule, Rule::Rounds) && !call.stands_apart() {
                    self.hold(call.round);
                }
                http::send(&mut client, &answer);
            }
            Verdict::Answer(answer) => http::send(&mut client, &answer),
            Verdict::HangUp => {}
            Verdict::Lose => drop(request.forward(&self.upstream)),
            Verdict::KillBefore => self.strike(&mut client),
            Verdict::KillAfter => {
                request.forward(&self.upstream);
                self.strike(&mut client);
            }
        }
    }

    /// Records a call, and decides what becomes of it.
    fn judge(&self, request: &Request) -> (Call, Verdict) {
        let mut state = self.state();
        let call = Call { round: state.round, ..request.call() };
        let verdict = self.rule.verdict(&call, &state.calls);
        state.calls.push(call.clone());
        if !call.stands_apart() {
            state.asked += 1;
            self.changed.notify_all();
        }
        (call, verdict)
    }

    /// Has the client killed, and keeps the connection open until it is dead.
    fn strike(&self, client: &mut TcpStream) {
        self.state().struck = true;
        // A reset connection is an end too.
        let _ = client.read(&mut [0]);
    }

    /// Holds an answer back until all calls of its round are held and no further one comes.
    fn hold(&self, round: usize) {
        let mut state = self.state();
        state.held += 1;
        self.changed.notify_all();
        while state.round == round {
            let (next, waited) = self.changed.wait_timeout(state, QUIET).unwrap();
            state = next;
            if waited.timed_out() && state.round == round && state.held == state.asked {
                state.round += 1;
                (state.asked, state.held) = (0, 0);
                self.changed.notify_all();
            }
        }
    }
}
