//! A platform with a controller in each region, as an operator sets it up: the ground, the spec in
//! its parameter, the stacks, the groups.

use std::env;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::client::{Client, call};
use crate::harness::{Account, Operator, REGIONS, Spec, file};

/// The function of each region, and its log group's last part.
pub(crate) const FUNCTION: &str = "plimsoll-alfred-production-controller";

/// The red button.
pub(crate) const SWITCH: &str = "/plimsoll/alfred/production/controller";

/// Nothing that is waited for is looked at more often.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A platform, and who looks at it from outside.
pub(crate) struct House {
    title: &'static str,
    pub(crate) account: Account,
    pub(crate) client: Client,
    spec: Spec,
    /// Held until the controllers are deployed.
    turn: Option<MutexGuard<'static, ()>>,
}

/// When the first story began: all tell the same time.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// LocalStack is one process: five platforms that are set up at once take three times as long as one
/// after the other.
static TURN: Mutex<()> = Mutex::new(());

impl House {
    /// Alfred, applied, with its spec published; without controllers yet. It waits for its turn.
    pub(crate) fn new(title: &'static str, spec: impl FnOnce(&Account) -> Spec) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Self { turn: Some(turn), ..Self::first(title, spec) }
    }

    /// The same without a turn, for the story that takes longest.
    pub(crate) fn first(title: &'static str, spec: impl FnOnce(&Account) -> Spec) -> Self {
        LazyLock::force(&BEGAN);
        let account = Account::production();
        let client = Client::of(&account.id);
        let spec = spec(&account);
        let house = Self { title, account, client, spec, turn: None };
        house.operator().done("apply --yes --publish");
        house.say("Alfred stands in three regions, and its spec is published");
        house
    }

    pub(crate) fn operator(&self) -> Operator<'_> {
        Operator::new(&self.account, &self.spec)
    }

    /// A line of the story.
    pub(crate) fn say(&self, what: impl Display) {
        println!("{:>6.1} s  {}: {what}", BEGAN.elapsed().as_secs_f64(), self.title);
    }

    /// Deploys the controllers, which may act, and the alarms by which they move traffic.
    pub(crate) fn deploy(&mut self) {
        let bucket = |region: &str| format!("plimsoll-{}-{region}", self.account.id);
        let buckets = REGIONS.map(|region| {
            let mut with = json!({ "Bucket": bucket(region) });
            if region != "us-east-1" {
                with["CreateBucketConfiguration"] = json!({ "LocationConstraint": region });
            }
            call(region, "s3", "create_bucket", with)
        });
        self.client.done(&buckets);
        let code = json!({ "$zip": bootstrap() });
        let upload = |region: &str| {
            let with = json!({ "Bucket": bucket(region), "Key": "controller-1.zip", "Body": code });
            call(region, "s3", "put_object", with)
        };
        self.client.done(&REGIONS.map(upload));
        let mut stacks = Vec::new();
        for region in REGIONS {
            let parameters = [
                ("Platform", "alfred"),
                ("Environment", "production"),
                ("Mode", "act"),
                ("CodeBucket", &bucket(region)),
                ("CodeKey", "controller-1.zip"),
            ];
            stacks.push(stack(region, "controller", "infra/controller.yaml", &parameters));
            for judged in REGIONS.iter().filter(|judged| **judged != region) {
                let parameters = [
                    ("Platform", "alfred"),
                    ("Environment", "production"),
                    ("JudgedRegion", judged),
                ];
                let name = format!("traffic-{judged}");
                stacks.push(stack(region, &name, "infra/traffic-alarms.yaml", &parameters));
            }
        }
        self.client.done(&stacks);
        let made = |stack: &Value| {
            let with = json!({ "StackName": stack["with"]["StackName"],
                "WaiterConfig": { "Delay": 1, "MaxAttempts": 180 } });
            let region = stack["region"].as_str().unwrap();
            call(region, "cloudformation", "wait:stack_create_complete", with)
        };
        self.client.done(&stacks.iter().map(made).collect::<Vec<_>>());
        self.turn = None;
        self.say("a controller and its traffic alarms are deployed in each region");
    }

    /// Waits for something, and says that it is there.
    pub(crate) fn until<T>(
        &self,
        what: &str,
        within: Duration,
        mut look: impl FnMut() -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + within;
        loop {
            if let Some(found) = look() {
                self.say(what);
                return found;
            }
            assert!(Instant::now() < deadline, "{}: not within {within:?}: {what}", self.title);
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Lets the controller of a region look now, and returns its record with what it cost.
    ///
    /// The schedule of the template does the same once a minute; this only does not wait for it.
    pub(crate) fn tick(&self, region: &str) -> Value {
        self.ticks(&[region]).remove(0)
    }

    /// The same in several regions side by side.
    pub(crate) fn ticks(&self, regions: &[&str]) -> Vec<Value> {
        let now = Timestamp::now();
        let at = now.to_string();
        let events: Vec<_> = regions.iter().map(|region| self.tick_event(region, &at)).collect();
        self.handled(&events);
        regions.iter().map(|region| self.told(region, &at, now)).collect()
    }

    /// Makes invocations until all are handled: what fails and may pass is made again, as its queue
    /// would do. That happens when two invocations meet, such as one of the schedule and one of the
    /// test. Whatever else fails is a failure.
    pub(crate) fn handled(&self, invocations: &[Value]) {
        let mut left = invocations.to_vec();
        for _ in 0..5 {
            let answers = self.client.done(&left);
            let mut failed = Vec::new();
            for (call, answer) in left.into_iter().zip(answers) {
                let payload = &answer["Payload"];
                if answer.get("FunctionError").is_none() {
                    assert_eq!(payload, r#"{"batchItemFailures":[]}"#, "{call}");
                } else {
                    assert!(payload.to_string().contains("Plimsoll.Retryable"), "{call}: {answer}");
                    self.say(format_args!("{} met another invocation: {payload}", call["region"]));
                    failed.push(call);
                }
            }
            if failed.is_empty() {
                return;
            }
            left = failed;
        }
        panic!("{}: these are never handled: {left:?}", self.title);
    }

    /// The newest record of the tick of that moment.
    fn told(&self, region: &str, at: &str, since: Timestamp) -> Value {
        let wanted = format!("tick of {at}");
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let found = self.records_since(region, since).into_iter().rfind(|line| {
                let woken = line["record"]["woken_by"].as_array().unwrap();
                woken.iter().any(|why| *why == wanted)
            });
            if let Some(found) = found {
                return found;
            }
            assert!(Instant::now() < deadline, "{region} tells nothing of the {wanted}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// The call that lets a controller look: the event of a schedule.
    fn tick_event(&self, region: &str, at: &str) -> Value {
        let event = json!({
            "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
            "detail-type": "Scheduled Event", "source": "aws.events",
            "account": self.account.id, "time": at, "region": region, "detail": {},
            "resources": [format!(
                "arn:aws:events:{region}:{}:rule/plimsoll-alfred-production-tick", self.account.id
            )],
        });
        invocation(region, &event)
    }

    /// Every record that a controller wrote, the oldest first.
    pub(crate) fn records(&self, region: &str) -> Vec<Value> {
        self.records_since(region, Timestamp::UNIX_EPOCH)
    }

    fn records_since(&self, region: &str, since: Timestamp) -> Vec<Value> {
        let lines = self.log(region, since).into_iter();
        let records = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        records.filter(|line| line.get("record").is_some()).collect()
    }

    /// The log of a controller, from a moment on.
    pub(crate) fn log(&self, region: &str, since: Timestamp) -> Vec<String> {
        let group = format!("/aws/lambda/{FUNCTION}");
        let mut lines = Vec::new();
        let mut with = json!({ "logGroupName": group, "startTime": since.as_millisecond() });
        loop {
            let page = self.client.one(call(region, "logs", "filter_log_events", with.clone()));
            let events = page["events"].as_array().unwrap();
            lines.extend(events.iter().map(|event| event["message"].as_str().unwrap().to_owned()));
            match page["nextToken"].as_str() {
                Some(token) => with["nextToken"] = json!(token),
                None => return lines,
            }
        }
    }

    /// A group as the independent client sees it.
    pub(crate) fn group(&self, region: &str, service: &str) -> Group {
        self.groups(&[(region, service)]).remove(0)
    }

    /// The same for several, side by side.
    pub(crate) fn groups(&self, wanted: &[(&str, &str)]) -> Vec<Group> {
        let calls = wanted.iter().flat_map(|(region, service)| {
            let name = name_of(service);
            let groups = json!({ "AutoScalingGroupNames": [name] });
            let actions = json!({ "AutoScalingGroupName": name });
            [
                call(region, "autoscaling", "describe_auto_scaling_groups", groups),
                call(region, "autoscaling", "describe_scheduled_actions", actions),
            ]
        });
        let answers = self.client.done(&calls.collect::<Vec<_>>());
        answers.chunks(2).map(|pair| Group::of(&pair[0], &pair[1])).collect()
    }
}

/// The call that hands an event to a controller.
pub(crate) fn invocation(region: &str, event: &Value) -> Value {
    let with = json!({ "FunctionName": FUNCTION, "Payload": event.to_string() });
    call(region, "lambda", "invoke", with)
}

/// The name of a service's group.
pub(crate) fn name_of(service: &str) -> String {
    format!("alfred-production-{service}-a")
}

/// What a test reads of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) desired: u64,
    pub(crate) in_service: u64,
    /// Tags of leases and of what else the controller remembers, without the group's identity.
    pub(crate) notes: Vec<(String, String)>,
    /// Names of the scheduled actions that end leases.
    pub(crate) ends: Vec<String>,
}

impl Group {
    fn of(groups: &Value, actions: &Value) -> Self {
        let group = &groups["AutoScalingGroups"][0];
        let number = |field: &str| group[field].as_u64().unwrap();
        let instances = group["Instances"].as_array().unwrap();
        let tags = group["Tags"].as_array().unwrap().iter();
        let mut notes: Vec<_> = tags
            .map(|tag| (tag["Key"].as_str().unwrap(), tag["Value"].as_str().unwrap()))
            .filter(|(key, _)| {
                ["plimsoll:lease:", "plimsoll:shortage"].iter().any(|note| key.starts_with(note))
            })
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        notes.sort();
        let actions = actions["ScheduledUpdateGroupActions"].as_array().unwrap().iter();
        let names = actions.map(|action| action["ScheduledActionName"].as_str().unwrap());
        let mut ends: Vec<_> = names
            .filter(|name| name.starts_with("plimsoll-lease-end"))
            .map(str::to_owned)
            .collect();
        ends.sort();
        Self {
            min: number("MinSize"),
            max: number("MaxSize"),
            desired: number("DesiredCapacity"),
            in_service: instances.iter().filter(|it| it["LifecycleState"] == "InService").count()
                as u64,
            notes,
            ends,
        }
    }

    /// Whether the group has a lease of this cause about that.
    pub(crate) fn has_lease(&self, cause_and_id: &str) -> bool {
        let key = format!("plimsoll:lease:{cause_and_id}");
        self.notes.iter().any(|(found, _)| *found == key)
    }
}

/// The program that is deployed: the one that `cargo xtask test` built, or the one beside the CLI.
fn bootstrap() -> PathBuf {
    let built = env::var_os("PLIMSOLL_BOOTSTRAP").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_BIN_EXE_plimsoll")).with_file_name("bootstrap");
    let found = built.unwrap_or_else(beside);
    assert!(
        found.is_file(),
        "there is no {}: run cargo xtask test, or cargo build --package plimsoll-lambda",
        found.display()
    );
    found
}

fn stack(region: &str, name: &str, template: &str, parameters: &[(&str, &str)]) -> Value {
    let given = parameters
        .iter()
        .map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value }));
    let with = json!({
        "StackName": format!("plimsoll-alfred-production-{name}"),
        "TemplateBody": fs::read_to_string(file(template)).unwrap(),
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": given.collect::<Vec<_>>(),
    });
    call(region, "cloudformation", "create_stack", with)
}
