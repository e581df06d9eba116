//! A spec, a cloud and the choices of this run.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures::future::select_ok;
use plimsoll_aws::{Aws, Caller, Settings};
use plimsoll_core::cloud::{Cloud as _, ErrorClass};
use plimsoll_core::plan::{self, Options, Plan, RegionPlan};
use plimsoll_core::spec::{Problem, Spec};
use plimsoll_core::world::{RegionState, World};

use crate::args::{CloudArgs, ReachArgs, ScopeArgs, TargetArgs};
use crate::moved::check_shown;
use crate::plan_file::PlanFile;
use crate::spec_file::SpecFile;
use crate::view::prompt::Consent;
use crate::view::{Console, Faulty, calls, count, draw, note};

/// How long one region is waited for before the next one is asked too.
const PATIENCE: Duration = Duration::from_secs(2);

/// A spec, a cloud and the choices of this run. It exists only while the credentials are of the
/// spec's account.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) file: SpecFile,
    pub(crate) spec: Spec,
    /// What the spec's author should know.
    pub(crate) doubts: Faulty,
    pub(crate) options: Options,
    pub(crate) aws: Aws,
    pub(crate) console: Console,
    /// The name of whoever runs this.
    pub(crate) caller: String,
    strict: bool,
}

/// The choices of a command line.
fn options(scope: &ScopeArgs, reach: Option<ReachArgs>) -> Options {
    Options {
        regions: scope.regions.iter().cloned().collect(),
        services: scope.services.iter().cloned().collect(),
        prune: reach.is_some_and(|reach| reach.prune),
        adopt: reach.is_some_and(|reach| reach.adopt),
    }
}

impl Session {
    /// A session for a spec on disk.
    pub(crate) async fn open(
        target: &TargetArgs,
        reach: Option<ReachArgs>,
        console: Console,
    ) -> Result<Self> {
        let file = SpecFile::read(&target.spec)?;
        let environment = target.spec.environment.as_deref();
        Self::over(file, environment, options(&target.scope, reach), target, console).await
    }

    /// A session for the spec, the environment and the choices of a saved plan.
    pub(crate) async fn resume(
        saved: &PlanFile,
        target: &TargetArgs,
        console: Console,
    ) -> Result<Self> {
        let environment = &saved.environment;
        if let Some(other) = target.spec.environment.as_ref().filter(|other| *other != environment)
        {
            bail!("the plan is for environment {environment}, and --environment says {other}");
        }
        saved.check_overlay(target.spec.overlay.as_deref())?;
        Self::over(saved.spec_file(), Some(environment), saved.options(), target, console).await
    }

    async fn over(
        file: SpecFile,
        environment: Option<&str>,
        options: Options,
        target: &TargetArgs,
        console: Console,
    ) -> Result<Self> {
        let strict = target.spec.strict;
        let (spec, doubts) = file.compiled(environment, strict)?;
        if doubts.any() {
            console.aside(format_args!("{doubts}; `plimsoll validate` shows them"));
        }
        let services: BTreeSet<&str> = spec.services().map(|(_, service, _)| service).collect();
        known("region", &options.regions, spec.regions.keys().map(String::as_str))?;
        known("service", &options.services, services.into_iter())?;
        let CloudArgs { profile, endpoint_url } = target.cloud.clone();
        let aws = Aws::connect(Settings { profile, endpoint_url, cache_dir: cache_dir() }).await;
        let caller = String::new();
        let mut session = Self { file, spec, doubts, options, aws, console, caller, strict };
        session.caller = session.check_account().await?;
        Ok(session)
    }

    /// Refuses the credentials of another account than the spec's, and says whose they are.
    async fn check_account(&self) -> Result<String> {
        let wanted = &self.spec.account;
        let Caller { account, name } = self.caller().await?;
        if account != *wanted {
            bail!(
                "{} lives in account {wanted}, but the credentials are of account {account}; \
                 use others with --profile, or correct `account` in the spec",
                self.spec.title()
            );
        }
        Ok(name)
    }

    /// Whose the credentials are. Regions are asked one after the other until one answers,
    /// so that a region that is down does not stand in the way of the others.
    async fn caller(&self) -> Result<Caller> {
        let scope = plan::scope(&self.spec, &self.options);
        let asked = scope.regions.keys().zip(0..).map(|(region, turn)| {
            Box::pin(async move {
                tokio::time::sleep(PATIENCE * turn).await;
                match self.aws.caller(region).await {
                    Ok(caller) => Ok(Ok(caller)),
                    Err(error) => {
                        let dark = error.class == ErrorClass::Unreachable;
                        let error = anyhow::Error::new(error).context(region.clone());
                        if dark { Err(error) } else { Ok(Err(error)) }
                    }
                }
            })
        });
        let (answer, _) = select_ok(asked).await.context(
            "no region says whose credentials these are; check the network and --endpoint-url",
        )?;
        answer
    }

    /// Reads the world; with `target_health`, how the targets fare too.
    pub(crate) async fn observe(&self, target_health: bool) -> Result<World> {
        let mut scope = plan::scope(&self.spec, &self.options);
        for region in scope.regions.values_mut() {
            region.target_health = target_health;
        }
        let world = self.aws.observe(&scope).await;
        let mut dark = Vec::new();
        for (name, state) in &world.regions {
            match state {
                RegionState::Observed(region) if self.console.verbose > 0 => {
                    note(calls(name, &region.calls));
                }
                RegionState::Observed(_) => {}
                RegionState::Unreachable(why) => dark.push(format!(
                    "{name}: {}: {}\n    next: {}",
                    why.call,
                    why.message,
                    why.class.advice()
                )),
            }
        }
        if dark.len() == world.regions.len() {
            bail!("no region could be read\n  {}", dark.join("\n  "));
        }
        Ok(world)
    }

    /// Draws what in the spec the world does not allow, and says whether that stops the work.
    pub(crate) fn stopped_by(&self, problems: &[Problem]) -> bool {
        let faulty = self.doubts.others(problems);
        if faulty.any() && !self.console.is_json() {
            draw(&faulty);
        }
        faulty.stops(self.strict)
    }

    /// Refuses to go on when the world does not allow what the spec wants.
    pub(crate) fn refuse(&self, problems: &[Problem]) -> Result<()> {
        let faulty = self.doubts.others(problems);
        if faulty.stops(self.strict) {
            return Err(faulty.into());
        }
        if faulty.any() && !self.console.is_json() {
            draw(&faulty);
        }
        Ok(())
    }

    /// The plan to carry out. When an answer was waited for, it is made again from the world as
    /// it is now, and refused when it does something else than what the operator agreed to.
    pub(crate) async fn renew(
        &self,
        shown: Plan,
        consent: Consent,
        make: impl Fn(&World) -> Plan,
    ) -> Result<Plan> {
        if consent == Consent::Given {
            return Ok(shown);
        }
        let fresh = make(&self.observe(false).await?);
        check_shown(&shown, &fresh)?;
        if fresh.problems != shown.problems {
            self.refuse(&fresh.problems)?;
        }
        Ok(fresh)
    }

    /// The regions that this run is about.
    pub(crate) fn regions(&self) -> impl Iterator<Item = &str> {
        let chosen = &self.options.regions;
        let all = self.spec.regions.keys().map(String::as_str);
        all.filter(move |region| chosen.is_empty() || chosen.contains(*region))
    }

    /// What to say when the regions match the spec.
    pub(crate) fn up_to_date(&self, plan: &Plan) -> String {
        let Options { services, .. } = &self.options;
        let read = |name: &str| matches!(plan.regions.get(name), Some(RegionPlan::Planned(_)));
        let regions = plan.regions.keys().filter(|name| read(name)).count();
        let groups = self
            .spec
            .services()
            .filter(|(region, service, _)| {
                read(region) && (services.is_empty() || services.contains(*service))
            })
            .count();
        let (groups, regions) = (count(groups, "group"), count(regions, "region"));
        format!("Up to date: {groups} in {regions} match the spec")
    }
}

/// Refuses a choice that the spec does not have.
fn known<'a>(
    kind: &str,
    chosen: &BTreeSet<String>,
    declared: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let declared: BTreeSet<&str> = declared.collect();
    match chosen.iter().find(|name| !declared.contains(name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let declared: Vec<&str> = declared.into_iter().collect();
            bail!("--{kind} {name}: the spec has no such {kind}; it has {}", declared.join(", "))
        }
    }
}

/// Where lists that change rarely are kept, as the XDG specification has it.
fn cache_dir() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("plimsoll"))
}
