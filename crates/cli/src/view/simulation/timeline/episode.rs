//! Marks that belong together, as one sentence and what it means.

use std::collections::BTreeMap;

use plimsoll_core::units::Instances;
use plimsoll_twin::outcome::{Curves, Mark, MarkKind, Trace};

use super::super::super::count;
use super::super::words::{clock, float, listed, money, whole};
use super::Moment;

/// Marks of one kind and service that follow each other closely.
#[derive(Debug)]
pub(super) struct Episode<'a> {
    first: &'a Mark,
    /// All of them, in order of time.
    marks: Vec<&'a Mark>,
}

/// What a mark of a new size says: from, to, and why.
#[derive(Clone, Copy, Debug)]
struct Resize<'a> {
    from: Instances,
    to: Instances,
    why: &'a str,
}

impl<'a> Resize<'a> {
    /// Reads `4 -> 7: policy requests, 1750 at a target of 1000`.
    fn read(text: &'a str) -> Option<Self> {
        let (sizes, reason) = text.split_once(": ").unwrap_or((text, ""));
        let (from, to) = sizes.split_once(" -> ")?;
        let why = reason.split(',').next().unwrap_or_default();
        Some(Self { from: from.parse().ok()?, to: to.parse().ok()?, why })
    }
}

impl<'a> Episode<'a> {
    pub(super) fn new(first: &'a Mark) -> Self {
        Self { first, marks: vec![first] }
    }

    /// Adds a mark that comes later than the others.
    pub(super) fn add(&mut self, mark: &'a Mark) {
        self.marks.push(mark);
    }

    /// Whether a mark is the end of what the episode began: losses begin and cease in turn.
    pub(super) fn awaits(&self, mark: &Mark) -> bool {
        mark.kind == MarkKind::Overload && self.times(&mark.region) % 2 == 1
    }

    /// How many marks a region has.
    fn times(&self, region: &str) -> usize {
        self.marks.iter().filter(|mark| mark.region == region).count()
    }

    pub(super) fn last_at(&self) -> u64 {
        self.marks.last().unwrap_or(&self.first).at
    }

    /// Each region once, in the order of the marks.
    fn regions(&self) -> Vec<String> {
        let mut regions: Vec<String> = Vec::new();
        for mark in &self.marks {
            if !mark.region.is_empty() && !regions.contains(&mark.region) {
                regions.push(mark.region.clone());
            }
        }
        regions
    }

    /// The first and the last size of each region; `None` when a mark does not tell.
    fn sizes(&self) -> Option<BTreeMap<&'a str, (Instances, Instances)>> {
        let mut sizes: BTreeMap<&str, (Instances, Instances)> = BTreeMap::new();
        for mark in &self.marks {
            let Resize { from, to, .. } = Resize::read(&mark.text)?;
            sizes.entry(&mark.region).and_modify(|size| size.1 = to).or_insert((from, to));
        }
        Some(sizes)
    }

    /// What drove the changes, each once.
    fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        for why in self.marks.iter().filter_map(|mark| Some(Resize::read(&mark.text)?.why)) {
            if !why.is_empty() && causes.iter().all(|cause| cause != why) {
                causes.push(why.to_owned());
            }
        }
        causes
    }
}

/// Tells episodes from the curves around them.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    pub(super) trace: &'a Trace,
    /// Length of the run.
    pub(super) seconds: u64,
    /// US dollars for an hour of an instance, by service.
    pub(super) price: &'a BTreeMap<&'a str, f64>,
}

impl Teller<'_> {
    /// One sentence, and what it means where that can be seen.
    pub(super) fn tell(&self, episode: &Episode<'_>) -> Moment {
        let first = episode.first;
        let (what, means) = match first.kind {
            MarkKind::ScaleOut => (self.resized(episode, "grows"), self.served(episode)),
            MarkKind::ScaleIn => (self.resized(episode, "shrinks"), self.saved(episode)),
            MarkKind::Overload => self.lost(episode),
            MarkKind::Fault => (first.text.clone(), self.until(first)),
            MarkKind::LaunchFailed => (refused(episode), None),
            MarkKind::Replaced => (replaced(episode), None),
            MarkKind::Lease => (leased(episode), None),
            MarkKind::Schedule | MarkKind::Traffic | MarkKind::Finding => (placed(episode), None),
        };
        Moment { at: first.at, kind: first.kind, what, means }
    }

    fn clock(&self, at: u64) -> String {
        clock(self.trace.start, at, self.seconds)
    }

    /// `web grows 2 -> 5 in each region (policy requests), in 6 steps until 07:20`.
    fn resized(&self, episode: &Episode<'_>, verb: &str) -> String {
        let service = &episode.first.service;
        let Some(sizes) = episode.sizes() else { return placed(episode) };
        let mut by_size: BTreeMap<(Instances, Instances), Vec<String>> = BTreeMap::new();
        for (region, size) in sizes {
            by_size.entry(size).or_default().push(region.to_owned());
        }
        let all = self.groups(service).count();
        let places = by_size.into_iter().map(|((from, to), regions)| {
            let several = regions.len() > 1 && regions.len() == all;
            let place = if several { "each region".to_owned() } else { listed(&regions) };
            format!("{from} -> {to} in {place}")
        });
        let places: Vec<String> = places.collect();
        let causes = listed(&episode.causes());
        let causes = if causes.is_empty() { causes } else { format!(" ({causes})") };
        let last = self.clock(episode.last_at());
        let most = episode.regions().iter().map(|region| episode.times(region)).max();
        let steps = count(most.unwrap_or_default(), "step");
        let steps = if last == self.clock(episode.first.at) {
            String::new()
        } else {
            format!(", in {steps} until {last}")
        };
        format!("{service} {verb} {}{causes}{steps}", places.join(", "))
    }

    fn groups<'b>(&'b self, service: &'b str) -> impl Iterator<Item = &'b Curves> {
        self.trace.groups.iter().filter(move |group| group.service == service)
    }

    /// The point of a curve that tells of a moment.
    fn point(&self, at: u64) -> usize {
        usize::try_from(at / self.trace.step.max(1)).unwrap_or(usize::MAX)
    }

    /// When the last of the new instances served.
    fn served(&self, episode: &Episode<'_>) -> Option<String> {
        let first = episode.first;
        let sizes = episode.sizes()?;
        let from = self.point(first.at);
        let shrinks = self.trace.marks.iter().find(|mark| {
            mark.kind == MarkKind::ScaleIn && mark.service == first.service && mark.at > first.at
        });
        let to = shrinks.map_or(usize::MAX, |mark| self.point(mark.at));
        let reached = sizes.iter().map(|(region, (_, size))| {
            let group = self.groups(&first.service).find(|group| group.region == *region)?;
            let mut points = group.in_service.iter().enumerate().skip(from);
            points.find(|(_, there)| *there >= size).map(|(point, _)| point)
        });
        // A region that never got there leaves the whole unmet.
        let last = reached.collect::<Option<Vec<usize>>>().and_then(|all| all.into_iter().max());
        Some(match last.filter(|point| *point <= to) {
            Some(point) => format!("all in service by {}", self.clock(self.moment(point))),
            None => "not all of it came into service before the load fell".to_owned(),
        })
    }

    fn moment(&self, point: usize) -> u64 {
        u64::try_from(point).unwrap_or(u64::MAX).saturating_mul(self.trace.step)
    }

    /// What the instances that are gone would cost.
    fn saved(&self, episode: &Episode<'_>) -> Option<String> {
        let price = self.price.get(episode.first.service.as_str())?;
        let gone: u64 =
            episode.sizes()?.values().map(|(from, to)| u64::from(from.saturating_sub(*to))).sum();
        (gone > 0).then(|| format!("saves {} an hour", money(float(gone) * price)))
    }

    /// How many requests were lost, where, and until when.
    fn lost(&self, episode: &Episode<'_>) -> (String, Option<String>) {
        let first = episode.first;
        let (from, through) = (self.point(first.at), self.point(episode.last_at()));
        let (mut lost, mut end) = (0.0, from);
        for group in self.groups(&first.service) {
            if !episode.marks.iter().any(|mark| mark.region == group.region) {
                continue;
            }
            let points = group.lost.iter().enumerate().skip(from);
            // To the last mark, and on for as long as there are losses.
            for (point, rate) in
                points.take_while(|(point, rate)| *point <= through || **rate > 0.0)
            {
                lost += rate * float(self.trace.step);
                end = if *rate > 0.0 { end.max(point + 1) } else { end };
            }
        }
        if lost == 0.0 {
            return (placed(episode), None);
        }
        let regions = listed(&episode.regions());
        let what = format!("{} loses requests in {regions}", first.service);
        (what, Some(format!("{} lost until {}", whole(lost), self.clock(self.moment(end)))))
    }

    /// When a fault ends that begins here.
    fn until(&self, first: &Mark) -> Option<String> {
        let spans = self.trace.faults.iter();
        let begun = spans.filter(|span| span.from == first.at && span.region == first.region);
        begun.map(|span| span.to).max().map(|to| format!("until {}", self.clock(to)))
    }
}

/// `web cannot launch in us-east-1, 3 times: no capacity`.
fn refused(episode: &Episode<'_>) -> String {
    let Mark { service, text, .. } = episode.first;
    let times = count(episode.marks.len(), "time");
    format!("{service} cannot launch in {}, {times}: {text}", listed(&episode.regions()))
}

/// `web: 2 instances replaced in us-east-1: unhealthy`.
fn replaced(episode: &Episode<'_>) -> String {
    let Mark { service, text, .. } = episode.first;
    let instances = count(episode.marks.len(), "instance");
    format!("{service}: {instances} replaced in {}: {text}", listed(&episode.regions()))
}

/// `web has leases in us-west-2: dark at least 5, failover at least 8`: of each cause the last.
fn leased(episode: &Episode<'_>) -> String {
    let service = &episode.first.service;
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    for mark in &episode.marks {
        let (cause, rest) = mark.text.split_once(": ").unwrap_or((&mark.text, ""));
        last.insert(cause, rest.split(" (").next().unwrap_or_default());
    }
    let leases = last.into_iter().map(|(cause, bounds)| format!("{cause} {bounds}"));
    let leases = leases.collect::<Vec<_>>().join(", ");
    format!("{service} has leases in {}: {leases}", listed(&episode.regions()))
}

/// The text of the first mark, with its service and the regions that it does not name itself.
fn placed(episode: &Episode<'_>) -> String {
    let Mark { service, text, .. } = episode.first;
    let mut regions = episode.regions();
    if regions.iter().all(|region| text.contains(region.as_str())) {
        regions.clear();
    }
    let place = if regions.is_empty() { String::new() } else { format!("in {}", listed(&regions)) };
    match (service.is_empty(), place.is_empty()) {
        (true, true) => text.clone(),
        (true, false) => format!("{place}: {text}"),
        (false, true) => format!("{service}: {text}"),
        (false, false) => format!("{service} {place}: {text}"),
    }
}
