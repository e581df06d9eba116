//! Instance types, kept on disk for a week: the list is long and changes a few times a year.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io, process};

use aws_sdk_ec2::types as sdk;
use plimsoll_core::cloud::ActError;
use plimsoll_core::world::InstanceType;

use super::Reader;
use crate::call::Call;
use crate::client::Aws;
use crate::convert::count;

/// A type that AWS launched within the last days is unknown so long; `cache_dir` can be emptied.
const FRESH: Duration = Duration::from_hours(7 * 24);

fn current_generation() -> sdk::Filter {
    sdk::Filter::builder().name("current-generation").values("true").build()
}

impl Reader {
    /// The instance types that the region offers, from the cache when that is fresh.
    pub(super) async fn instance_types(
        &self,
        aws: &Aws,
        wanted: bool,
    ) -> Result<Vec<InstanceType>, ActError> {
        if !wanted {
            return Ok(Vec::new());
        }
        let cache = aws.cache_dir.as_deref().map(|dir| file(dir, &self.region, aws.stand_in()));
        if let Some(types) = cache.as_deref().and_then(recall) {
            return Ok(types);
        }
        let pages = self
            .clients
            .ec2
            .describe_instance_types()
            // Types of earlier generations are never chosen, and are half of the list.
            .filters(current_generation())
            .into_paginator()
            .page_size(100)
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        let pages = self.pages(Call::DescribeInstanceTypes, pages)?;
        let types: Vec<_> =
            pages.iter().flat_map(|page| page.instance_types().iter()).map(instance_type).collect();
        if let Some(Err(error)) = cache.map(|cache| keep(&cache, &types)) {
            // The next command reads the list again; nothing is wrong but some seconds.
            tracing::debug!(%error, "the list of instance types is not cached");
        }
        Ok(types)
    }
}

fn instance_type(kind: &sdk::InstanceTypeInfo) -> InstanceType {
    let memory = kind.memory_info().and_then(|memory| memory.size_in_mib);
    InstanceType {
        name: kind.instance_type().map(|name| name.as_str().to_owned()).unwrap_or_default(),
        vcpus: kind.v_cpu_info().and_then(|cpus| count(cpus.default_v_cpus)).unwrap_or(0),
        memory_mib: memory.and_then(|size| size.try_into().ok()).unwrap_or(0),
        burstable: kind.burstable_performance_supported.unwrap_or(false),
        current: kind.current_generation.unwrap_or(false),
        architectures: kind
            .processor_info()
            .map(sdk::ProcessorInfo::supported_architectures)
            .unwrap_or_default()
            .iter()
            .map(|architecture| architecture.as_str().to_owned())
            .collect(),
    }
}

/// One file per region, and per endpoint: what a stand-in offers says nothing about AWS.
fn file(dir: &Path, region: &str, stand_in: Option<&str>) -> PathBuf {
    let plain = |text: &str| text.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let endpoint = stand_in.map(|url| format!("-{}", plain(url))).unwrap_or_default();
    dir.join(format!("instance-types-{}{endpoint}.json", plain(region)))
}

/// What the file holds, if it is fresh and readable.
fn recall(file: &Path) -> Option<Vec<InstanceType>> {
    let written = fs::metadata(file).and_then(|metadata| metadata.modified()).ok()?;
    let fresh = SystemTime::now().duration_since(written).is_ok_and(|age| age < FRESH);
    if !fresh {
        return None;
    }
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// Writes beside and renames over, so that a reader never meets half a file.
fn keep(file: &Path, types: &[InstanceType]) -> io::Result<()> {
    if let Some(dir) = file.parent() {
        fs::create_dir_all(dir)?;
    }
    let draft = file.with_extension(format!("{}.draft", process::id()));
    fs::write(&draft, serde_json::to_vec(types)?)?;
    fs::rename(draft, file)
}
