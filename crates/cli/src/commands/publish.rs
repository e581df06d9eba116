//! Publishing a spec to the controllers of all regions, once it is applied.

use std::collections::BTreeMap;

use anyhow::Result;
use plimsoll_aws::published;

use crate::parameters::{self, ByRegion, Parameters};
use crate::session::Session;
use crate::view::published::{Publication, Published};

/// A spec that is to be published, and where.
#[derive(Debug)]
pub(super) struct Publishing {
    /// As the parameter holds it.
    packed: String,
    digest: String,
    /// Where something else is published, or nothing.
    pub(super) due: Vec<String>,
    /// What was read, region by region.
    read: ByRegion<Parameters>,
}

impl Publishing {
    /// Packs the spec, and looks where it is not published yet.
    ///
    /// # Errors
    /// When the spec is too large to be published.
    pub(super) async fn prepare(session: &Session) -> Result<Self> {
        let text = &session.file.document.source.text;
        let packed = published::pack(text)?;
        let read = parameters::read(session).await;
        let due = parameters::due(&read, |found| {
            Published::of(found.spec.as_deref(), text) == Published::Same
        });
        Ok(Self { packed, digest: published::digest(text), due, read })
    }

    /// Publishes the spec where it is due.
    pub(super) async fn carry_out(self, session: &Session) -> Publication {
        let Self { packed, digest, due, read } = self;
        let name = published::parameter(&session.spec.platform, &session.spec.environment);
        let mut written = parameters::write(session, &due, &name, &packed).await;
        let mut publication = Publication { digest, ..Publication::default() };
        for (region, read) in read {
            match (written.remove(&region), read) {
                (Some(written), _) => {
                    publication.regions.insert(region, written.err());
                }
                (None, Err(error)) => {
                    publication.regions.insert(region, Some(error));
                }
                (None, Ok(_)) => publication.already += 1,
            }
        }
        publication
    }

    /// What is said when not all else was done.
    pub(super) fn left_out(self) -> Publication {
        let regions = BTreeMap::new();
        Publication { digest: self.digest, already: 0, regions, left_out: true }
    }
}
