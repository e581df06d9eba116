//! ARNs: the right kind, in the right region and account.

use super::Lower;
use crate::spec::names::Arn;
use crate::spec::problem::code;

impl Lower<'_> {
    /// Reports a text that is no ARN of this kind, or one that points elsewhere.
    ///
    /// `what` is the kind for the message, `of` its services with the beginning of the resource.
    pub(super) fn arn(&mut self, path: &[&str], text: &str, what: &str, of: &[(&str, &str)]) {
        let kind = |arn: &Arn<'_>| {
            of.iter().any(|(service, prefix)| {
                arn.service == *service && arn.resource.starts_with(prefix)
            })
        };
        let Some(arn) = Arn::parse(text).filter(kind) else {
            let (service, prefix) = of.first().copied().unwrap_or_default();
            let region = if service == "iam" { "" } else { self.names.region };
            let account = self.names.account.unwrap_or("123456789012");
            let help = format!("it looks like `arn:aws:{service}:{region}:{account}:{prefix}…`");
            let message = format!("`{text}` is no ARN of {what}");
            self.error(code::BAD_ARN, path, message, help);
            return;
        };
        let here = self.names.region;
        if !arn.region.is_empty() && arn.region != here {
            let message =
                format!("{what} in {} cannot serve `{}` in {here}", arn.region, self.names.service);
            let help =
                "give each region its own ARN under `regions`, or use a name where one will do";
            self.error(code::BAD_ARN, path, message, help);
        } else if let Some(account) = self.names.account.filter(|account| *account != arn.account) {
            let message = format!("`{text}` lies in account {}, not in {account}", arn.account);
            self.error(code::BAD_ARN, path, message, "name one of the spec's own account");
        }
    }
}
