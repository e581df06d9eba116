//! The command line from outside.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod pages;
