//! People, what they log in as, what they prove themselves with, and what they sign.

use crate::id::typed_id;

typed_id! {
    /// A human being, however many accounts they have.
    PersonId, "per_"
}

typed_id! {
    /// What somebody logs in as.
    AccountId, "acc_"
}

typed_id! {
    /// What somebody proves possession of: a passkey, or the secret of a TOTP generator.
    AuthenticatorId, "aut_"
}

typed_id! {
    /// A request that people sign before something is done.
    ApprovalId, "apr_"
}
