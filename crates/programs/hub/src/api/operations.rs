//! Work that takes longer than a request.

use axum::extract::State as AppState;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Visitor;
use crate::extract::Id;
use crate::operations::{self, State};
use crate::problem::{Answer, Problem};

/// How far an operation is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OperationState {
    Running,
    Done,
    Failed,
}

/// Something that takes its time. It is forgotten when the hub starts anew.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// `backup`.
    #[schema(value_type = String)]
    pub(crate) kind: &'static str,
    pub(crate) state: OperationState,
    pub(crate) created: String,
    #[schema(required)]
    pub(crate) ended: Option<String>,
    /// Id of what was made.
    #[schema(required)]
    pub(crate) made: Option<String>,
    /// Why nothing was made.
    #[schema(required)]
    pub(crate) problem: Option<String>,
}

impl From<operations::Operation> for Operation {
    fn from(operation: operations::Operation) -> Self {
        let operations::Operation { id, kind, created, state, .. } = operation;
        let created = created.to_string();
        let (state, ended, made, problem) = match state {
            State::Running => (OperationState::Running, None, None, None),
            State::Done { at, made } => (OperationState::Done, Some(at.to_string()), Some(made), None),
            State::Failed { at, why } => (OperationState::Failed, Some(at.to_string()), None, Some(why)),
        };
        Self { id, kind, state, created, ended, made, problem }
    }
}

/// How far an operation is that the same account began.
#[utoipa::path(
    get, path = "/api/v1/operations/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Operation), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn operation(
    AppState(app): AppState<App>,
    Extension(visitor): Extension<Visitor>,
    Id(id): Id<String>,
) -> Answer<Json<Operation>> {
    let found = app.operations.find(&id).filter(|found| found.account == visitor.name);
    let missing = || Problem::not_found(format!("there is no operation `{id}`"));
    found.map(|found| Json(found.into())).ok_or_else(missing)
}
