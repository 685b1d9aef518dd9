//! Answers to requests that came with an `Idempotency-Key`: who repeats a request gets the first answer.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use model::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::problem::{Answer, Problem};

/// Answers are kept for a day.
const KEPT_NS: u64 = 24 * 60 * 60 * 1_000_000_000;
/// Answers kept; the oldest give way.
const KEPT_MAX: usize = 10_000;
/// Characters of a key.
const KEY_MAX: usize = 255;

/// Answers by account and key.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<HashMap<(String, String), Kept>>);

#[derive(Debug)]
struct Kept {
    at: Timestamp,
    request: [u8; 32],
    // Held while the first request is worked on, so that its twin waits.
    answer: Arc<Mutex<Option<String>>>,
}

impl Answers {
    /// Does `work` unless this account did it before under the same key; gives the answer as JSON.
    pub(crate) async fn once(
        &self,
        account: &str,
        headers: &HeaderMap,
        request: &[u8],
        now: Timestamp,
        work: impl Future<Output = Answer<String>>,
    ) -> Answer<String> {
        let place = self.place(account, key(headers)?, request, now).await?;
        let mut answer = place.lock().await;
        if let Some(answer) = answer.as_ref() {
            return Ok(answer.clone());
        }
        let fresh = work.await?;
        *answer = Some(fresh.clone());
        Ok(fresh)
    }

    async fn place(
        &self,
        account: &str,
        key: String,
        request: &[u8],
        now: Timestamp,
    ) -> Answer<Arc<Mutex<Option<String>>>> {
        let request: [u8; 32] = Sha256::digest(request).into();
        let mut all = self.0.lock().await;
        if all.len() >= KEPT_MAX {
            make_room(&mut all, now);
        }
        let place = all.entry((account.to_owned(), key));
        let kept = place.or_insert_with(|| Kept { at: now, request, answer: Arc::default() });
        if kept.request != request {
            let detail = "this key was used for another request; make a new one";
            return Err(Problem::at(
                StatusCode::UNPROCESSABLE_ENTITY,
                "request refused",
                "/idempotency-key",
                detail,
            ));
        }
        Ok(Arc::clone(&kept.answer))
    }
}

fn make_room(all: &mut HashMap<(String, String), Kept>, now: Timestamp) {
    all.retain(|_, kept| now.since(kept.at) < KEPT_NS);
    let oldest = all.iter().min_by_key(|(_, kept)| kept.at).map(|(key, _)| key.clone());
    if let Some(key) = oldest.filter(|_| all.len() >= KEPT_MAX) {
        all.remove(&key);
    }
}

fn key(headers: &HeaderMap) -> Answer<String> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > KEY_MAX {
        let detail = "give a key of 1 to 255 characters that is new for each act";
        return Err(Problem::invalid("/idempotency-key", detail));
    }
    Ok(key.to_owned())
}
