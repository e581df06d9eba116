//! The load of a run, from a file or a generator's text.

use anyhow::{Result, bail};
use plimsoll_core::spec::Spec;
use plimsoll_twin::load::Load;

use crate::args::LoadArgs;

/// Reads what is asked of a platform.
pub(super) fn read(args: &LoadArgs, _spec: &Spec) -> Result<Load> {
    bail!("loads such as {} cannot be read yet", args.load)
}
