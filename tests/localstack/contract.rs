//! The contract of the port, kept by the AWS adapter. The twin keeps the same: see `tests/contract`.
//!
//! The adapter finds its credentials as the AWS CLI does, so the cases run in a process of their
//! own, whose environment names an account. There they run one after the other on the same ground,
//! and each begins with nothing.

use std::env;
use std::process::Command;

use crate::harness::Account;

#[path = "../contract/suite/mod.rs"]
mod suite;

/// Names the account to the process that runs the cases.
const ACCOUNT: &str = "PLIMSOLL_CONTRACT_ACCOUNT";

#[test]
fn the_adapter_keeps_the_contract_of_the_port() {
    let account = Account::production();
    let ran = Command::new(env::current_exe().unwrap())
        .args(["contract::cases::", "--ignored", "--test-threads=1"])
        .env(ACCOUNT, &account.id)
        .env("AWS_ACCESS_KEY_ID", &account.id)
        .env("AWS_SECRET_ACCESS_KEY", "localstack")
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(!said.contains(" 0 passed"), "{said}");
}

mod cases {
    use std::env;
    use std::path::PathBuf;

    use jiff::{SignedDuration, Timestamp};
    use plimsoll_aws::{Aws, Settings};
    use plimsoll_core::action::Action;
    use plimsoll_core::cloud::{Cloud as _, Window};
    use serde_json::json;
    use tokio::runtime::{Builder, Runtime};

    use super::ACCOUNT;
    use super::suite::{self, CACHE, HERE, NOBODY, Subject, THERE, WEB, every_case};
    use crate::harness::{Account, Proxy, Rule, server};

    macro_rules! test {
        ($case:ident) => {
            #[test]
            #[ignore = "the_adapter_keeps_the_contract_of_the_port runs it, with an account"]
            fn $case() {
                let runtime = runtime();
                let tried = runtime.block_on(Tried::new());
                runtime.block_on(suite::$case(&tried));
            }
        };
    }
    every_case!(test);

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_all().build().unwrap()
    }

    /// The adapter, before LocalStack and before a proxy that hangs up on [`THERE`].
    struct Tried {
        account: Account,
        open: Aws,
        dark: Aws,
        _proxy: Proxy,
    }

    impl Tried {
        async fn new() -> Self {
            let account = env::var(ACCOUNT).expect("another test starts this one");
            let proxy = Proxy::start(Rule::HangUp(THERE));
            let open = connect(&server().endpoint).await;
            for region in [HERE, THERE] {
                for name in [WEB, CACHE, NOBODY] {
                    let (group, name) = (name.to_owned(), name.to_owned());
                    open.act(region, &Action::DeleteGroup { group }).await.unwrap();
                    open.act(region, &Action::DeleteTemplate { name }).await.unwrap();
                }
            }
            let dark = connect(proxy.endpoint()).await;
            Self { account: Account::named(account), open, dark, _proxy: proxy }
        }
    }

    async fn connect(endpoint: &str) -> Aws {
        // The list of instance types takes seconds to read.
        let cache_dir = Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        let endpoint_url = Some(endpoint.to_owned());
        Aws::connect(Settings { endpoint_url, cache_dir, ..Settings::default() }).await
    }

    impl Subject for Tried {
        type Cloud = Aws;

        fn cloud(&self) -> &Aws {
            &self.open
        }

        fn without_there(&self) -> &Aws {
            &self.dark
        }

        fn now(&self) -> Timestamp {
            Timestamp::now()
        }

        /// In LocalStack an instance is in service when the launch returns.
        fn settle(&self) {}

        /// Nothing runs in LocalStack, so the metric is put there.
        fn measured(&self) -> Window {
            let end = self.now();
            let data: Vec<_> = (1..=5)
                .map(|minutes| {
                    json!({
                        "MetricName": "CPUUtilization",
                        "Dimensions": [{ "Name": "AutoScalingGroupName", "Value": WEB }],
                        "Timestamp": (end - SignedDuration::from_mins(minutes)).to_string(),
                        "Value": 40.0,
                    })
                })
                .collect();
            let data = json!(data).to_string();
            let put = ["cloudwatch", "put-metric-data", "--namespace", "AWS/EC2"];
            self.account.aws_words(HERE, &[&put[..], &["--metric-data", &data]].concat());
            Window { start: end - SignedDuration::from_mins(10), end }
        }
    }
}
