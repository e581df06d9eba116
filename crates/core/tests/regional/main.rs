//! What a region's controller does about the other regions: it helps, closes, opens and stands in.

#[cfg(test)]
mod downstream;
#[cfg(test)]
mod failover;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod overflow;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod published;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod story;
#[cfg(test)]
mod support;
