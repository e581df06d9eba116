//! Many runs at once, on all cores.

use anyhow::Result;
use plimsoll_core::spec::Spec;
use plimsoll_twin::load::Load;
use plimsoll_twin::parallel::{cores, on_cores};
use plimsoll_twin::run::{Options, simulate};

use crate::args::Seeds;
use crate::exit::Exit;
use crate::view::Console;
use crate::view::simulation::{Sample, Spread};

/// Runs a load with each seed and shows how the results spread.
pub(super) fn run(
    spec: &Spec,
    load: &Load,
    options: &Options,
    seeds: Seeds,
    console: Console,
) -> Result<Exit> {
    let each: Vec<u64> = (seeds.first..=seeds.last).collect();
    let samples = on_cores(cores(), &each, |seed| {
        // Only the figures are kept: outcomes of a thousand seeds would fill the memory.
        Sample::of(&simulate(spec, load, &Options { seed: *seed, ..options.clone() }))
    });
    let spread = Spread::new(&spec.title(), load, options, &samples);
    console.result(&spread)?;
    Ok(if spread.held() { Exit::Done } else { Exit::Failed })
}
