//! The document of the API.

use std::path::PathBuf;

use super::support::Hub;

/// `BEDRAIL_GOLDEN=write` writes it anew.
#[tokio::test]
async fn golden_openapi_document_is_committed() {
    let hub = Hub::new().await;
    let document = crate::openapi_json(&hub.app).expect("a document");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/openapi.json");
    if std::env::var("BEDRAIL_GOLDEN").is_ok_and(|mode| mode == "write") {
        std::fs::write(&path, &document).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == document, "docs/openapi.json is old: run `make golden` and read the diff");
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_served() {
    let hub = Hub::ready().await;
    let person = hub.log_in().await;
    let answer = hub.get(&person, "/api/v1/openapi.json").await;
    assert_eq!(answer.json()["openapi"], "3.1.0");
    assert_eq!(answer.text, crate::openapi_json(&hub.app).expect("a document"));
}

#[tokio::test]
async fn every_operation_has_an_id_of_its_own() {
    let hub = Hub::new().await;
    let document: serde_json::Value =
        serde_json::from_str(&crate::openapi_json(&hub.app).expect("a document")).expect("JSON");
    let items = document["paths"].as_object().expect("paths").values();
    let operations = items.flat_map(|item| item.as_object().expect("an item").values());
    let mut ids: Vec<&str> =
        operations.map(|operation| operation["operationId"].as_str().expect("an id")).collect();
    ids.sort_unstable();
    let twice = ids.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "clients are generated from these names");
}
