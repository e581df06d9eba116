//! Leases from outside: a group in a small cloud that does with their writes what AWS does.
#![allow(clippy::wildcard_enum_match_arm, reason = "a test looks at one action of many")]

#[cfg(test)]
mod cloud;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod life;
#[cfg(test)]
mod steady;
#[cfg(test)]
mod writers;
