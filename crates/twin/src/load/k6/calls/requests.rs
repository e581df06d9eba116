//! Requests, sleeps and groups.

use oxc_ast::ast::{Argument, CallExpression};
use oxc_ast_visit::Visit;

use super::{HELP, Walk};
use crate::load::k6::Fault;
use crate::load::k6::script::Code;
use crate::load::k6::value::{Fields, Located, Value};
use crate::load::read::listed;

impl<'a> Walk<'_, '_, 'a> {
    /// Follows what stands in the arguments of a call.
    pub(super) fn arguments(&mut self, call: &CallExpression<'a>) {
        for argument in &call.arguments {
            self.visit_argument(argument);
        }
    }

    fn argument(&self, call: &CallExpression<'a>, index: usize) -> Located {
        let argument = call.arguments.get(index).and_then(Argument::as_expression);
        let missing = Located { at: call.span.start, value: Value::Missing };
        argument.map_or(missing, |argument| self.scope.eval(argument))
    }

    /// `group(name, function)` calls the function once.
    pub(super) fn group(&mut self, call: &CallExpression<'a>) {
        let inside = call.arguments.get(1).and_then(Argument::as_expression);
        match inside.and_then(Code::of) {
            Some(code) => {
                self.scope.enter();
                self.body(code);
                self.scope.leave();
            }
            None => self.arguments(call),
        }
    }

    /// `sleep(seconds)`.
    pub(super) fn sleep(&mut self, call: &CallExpression<'a>) {
        if self.given.sleeps {
            return;
        }
        match self.argument(call, 0).number("the time to sleep") {
            Ok(seconds) => self.iteration.think += seconds,
            Err(fault) => self.fail(Fault { help: HELP.to_owned(), ..fault }),
        }
    }

    /// A call of `k6/http`: one request, or a batch of them.
    pub(super) fn request(&mut self, method: &str, call: &CallExpression<'a>) {
        if self.given.calls {
            return;
        }
        match method {
            "batch" => self.batch(&self.argument(call, 0)),
            "request" | "asyncRequest" => self.ask(&self.argument(call, 1)),
            _ => self.ask(&self.argument(call, 0)),
        }
    }

    /// A list, or an object, of URLs, lists `[method, URL, ...]` or objects with a `url`.
    fn batch(&mut self, requests: &Located) {
        let items: Vec<&Located> = match &requests.value {
            Value::List(items) => items.iter().collect(),
            Value::Object(entries) => entries.iter().map(|(_, item)| item).collect(),
            _ => {
                let message = "what this batch asks is not a constant";
                return self.fail(Fault::new(requests.at, message, HELP));
            }
        };
        for item in items {
            let url = match &item.value {
                Value::List(parts) => parts.get(1),
                Value::Object(entries) => Fields { at: item.at, entries }.get("url"),
                _ => Some(item),
            };
            self.ask(url.unwrap_or(item));
        }
        self.iteration.notes.insert(
            "the calls of http.batch are taken one after another; k6 sends them in parallel"
                .to_owned(),
        );
    }

    /// One request to a URL.
    fn ask(&mut self, url: &Located) {
        self.step(url.at);
        let host = match &url.value {
            Value::Text(text) => host(text, true),
            Value::Begins(text) => host(text, false),
            _ => None,
        };
        match host.ok_or_else(|| no_host(url)).and_then(|host| self.service(&host, url.at)) {
            Ok(service) => *self.iteration.calls.entry(service).or_default() += 1.0,
            Err(fault) => self.fail(fault),
        }
    }

    fn service(&mut self, host: &str, at: u32) -> Result<String, Fault> {
        if self.options.services.contains(&host) {
            return Ok(host.to_owned());
        }
        let Some(service) = self.options.default_service else {
            let services = listed(self.options.services);
            return Err(Fault::new(
                at,
                format!("the host `{host}` is not a service; the services are {services}"),
                "give --service NAME for hosts that are none",
            ));
        };
        self.iteration.notes.insert(format!("the host `{host}` is read as {service}"));
        Ok(service.to_owned())
    }
}

fn no_host(url: &Located) -> Fault {
    match &url.value {
        Value::Text(text) => {
            let help = "write it whole, such as http://agent-core:8011/api/health";
            Fault::new(url.at, format!("`{text}` is not a URL with a host"), help)
        }
        _ => Fault::new(url.at, "the host that is asked is not a constant", HELP),
    }
}

/// The host of a URL that is known whole, or only at its beginning.
fn host(url: &str, whole: bool) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']);
    let authority = match end {
        Some(end) => rest.get(..end)?,
        None if whole => rest,
        // A computed path may follow a port; a computed rest of the name must not.
        None => {
            let (name, port) = rest.rsplit_once(':')?;
            let plain = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            plain.then_some(name)?
        }
    };
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next()?,
        None => host.split(':').next()?,
    };
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}
