//! What the requests that do something bring along in their heads.

use utoipa::IntoParams;

/// Of an act that must not be done twice.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "fields of the document; `auth` and `idempotency` read the heads")]
pub(super) struct ActHeaders {
    /// The token of the session: no other site knows it.
    #[param(rename = "X-CSRF-Token")]
    csrf_token: String,
    /// New for each act: who repeats a request with it gets the first answer.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    idempotency_key: String,
}

/// Of a change to something that somebody else may have changed meanwhile.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "fields of the document; `auth` and `extract` read the heads")]
pub(super) struct EditHeaders {
    /// The token of the session: no other site knows it.
    #[param(rename = "X-CSRF-Token")]
    csrf_token: String,
    /// The version that is changed, as `ETag` said it.
    #[param(rename = "If-Match")]
    if_match: String,
}
