//! A line that breaks again and again, at any byte: whatever was sent or acknowledged and got lost on the way, each
//! batch counts once.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

/// Forwards to `hub`. Each connection lives until so many bytes went by, which is another number each time.
async fn broken_line(hub: SocketAddr, broken: Arc<AtomicU64>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut seed = 7_u64;
        while let Ok((near, _)) = listener.accept().await {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let life = 2_000 + (seed >> 33) % 6_000;
            let far = TcpStream::connect(hub).await.expect("connected");
            tokio::spawn(forward(near, far, life, Arc::clone(&broken)));
        }
    });
    address
}

async fn forward(mut near: TcpStream, mut far: TcpStream, mut life: u64, broken: Arc<AtomicU64>) {
    let (mut there, mut back) = ([0; 512], [0; 64]);
    loop {
        let (read, is_there) = tokio::select! {
            read = near.read(&mut there) => (read, true),
            read = far.read(&mut back) => (read, false),
        };
        let Ok(read @ 1..) = read else { return };
        if life < read as u64 {
            broken.fetch_add(1, Ordering::Relaxed);
            return;
        }
        life -= read as u64;
        let written =
            if is_there { far.write_all(&there[..read]).await } else { near.write_all(&back[..read]).await };
        if written.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn each_batch_counts_once_over_a_line_that_breaks_at_any_byte() {
    let remote = Remote::new().await;
    let identity = remote.enrolled().await;
    let broken = Arc::new(AtomicU64::new(0));
    let line = broken_line(remote.address, Arc::clone(&broken)).await;
    let mut json = serde_json::to_value(&identity).expect("JSON");
    json["hub"] = serde_json::to_value(url(line)).expect("JSON");
    let sensor = Sensor::start(serde_json::from_value(json).expect("an identity"));
    sensor.capture(60);
    sensor.wait_until_sent().await;
    assert_eq!(remote.row(&identity).await, (60, 6_000, 0));
    let evidence = remote.hub.app.store.evidence().await.expect("read");
    let packets: u64 = evidence.sightings.iter().map(|seen| seen.packets_sent).sum();
    assert_eq!(packets, 60 * 3 * 2, "two stations with three packets in each batch");
    assert!(broken.load(Ordering::Relaxed) >= 5, "{broken:?} lines broke");
    sensor.end().await;
}
