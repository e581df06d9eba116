//! Shares of the traffic: what the judges of a region agree on takes effect in DNS some time later.

use plimsoll_core::traffic::Share;

use super::Controllers;
use crate::engine::Engine;
use crate::engine::queue::Event;
use crate::outcome::MarkKind;

impl Controllers {
    /// Moves traffic as the judges of each region agree. A quarter closes when all that judge say
    /// so; with no judge everything stays as it is.
    pub(super) fn agree(&mut self, engine: &mut Engine) {
        for (about, agreed) in self.agreed.iter_mut().enumerate() {
            let judges = self.beats.iter().filter_map(|beat| beat.judged(about));
            let Some(share) = judges.map(|judged| judged.share).max() else { continue };
            if std::mem::replace(agreed, share) != share {
                self.count.moves += 1;
                let takes_effect = engine.now + u64::from(engine.model.traffic_delay.0);
                engine.queue.push(takes_effect, Event::Share(about, share));
            }
        }
    }
}

impl Engine {
    /// A region's records are opened or closed, and clients have followed.
    pub(in crate::engine) fn take_share(&mut self, place: usize, share: Share) {
        let now = self.now;
        let Some(site) = self.sites.get_mut(place) else { return };
        let before = std::mem::replace(&mut site.share, share.into());
        let region = site.name.clone();
        let text = if before > f64::from(share) {
            format!("the other regions leave {region} {share} of its traffic")
        } else {
            format!("the other regions let {region} have {share} of its traffic")
        };
        self.tell(&region, "", MarkKind::Traffic, text);
        for site in &mut self.sites {
            site.advance(now);
        }
        self.spread_again();
    }
}
