//! Alfred's production, applied once to three regions. The tests that only read share it.

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::harness::{Account, Operator, Spec, World};

/// An account in which Alfred stands, and what it held right after.
pub(crate) struct Standing {
    pub(crate) account: Account,
    pub(crate) world: World,
    /// When that was read: a schedule may have moved the bounds since.
    pub(crate) at: Timestamp,
}

/// Alfred, applied.
pub(crate) fn alfred() -> &'static Standing {
    static STANDING: LazyLock<Standing> = LazyLock::new(|| {
        let account = Account::new();
        Operator::new(&account, &Spec::alfred(&account)).done("apply --yes");
        let at = Timestamp::now();
        let world = account.read_back();
        Standing { account, world, at }
    });
    &STANDING
}
