//! The command line from outside.

#[cfg(test)]
mod eval;
#[cfg(test)]
#[cfg(feature = "k6")]
mod gate;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod step;
