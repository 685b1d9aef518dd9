//! Cameras, building controllers, lifts, power.

use anyhow::Result;
use model::DeviceType;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::{bacnet as protocol, web};
use crate::talk::Talk;
use crate::tape::{BROADCAST_MAC, Group};

const BACNET: u16 = 47_808;

/// A recorder reads the parameters and the stream of a camera.
pub(crate) fn watched(making: &mut Making, camera: &Device, _turn: usize) -> Result<()> {
    let recorder = making.devices.named("web")?.host;
    let mac = camera.bare_mac();
    let challenge = format!("Digest realm=\"AXIS_{mac}\", nonce=\"00a1\", algorithm=MD5, qop=\"auth\"");
    let page = web::protected(
        &camera.full_name(),
        "/axis-cgi/param.cgi",
        "Example Recorder 2.4",
        "Apache/2.4.57 (Unix)",
        &challenge,
    );
    Talk::play(&mut making.tape, &recorder, &camera.host, 80, &page);
    let uri = format!("rtsp://{}/axis-media/media.amp", camera.host.ip);
    let stream = web::stream(&uri, "GStreamer RTSP server", &format!("AXIS_{mac}"));
    Talk::play(&mut making.tape, &recorder, &camera.host, 554, &stream);
    Ok(())
}

/// A controller names itself, and the management station reads its properties.
pub(crate) fn bacnet(making: &mut Making, controller: &Device, _turn: usize) -> Result<()> {
    let station = making.devices.named("web")?.host;
    let everybody = Group { mac: BROADCAST_MAC, ip: controller.broadcast(), ttl: controller.host.ttl };
    let (vendor, firmware, first) = match controller.kind {
        DeviceType::ElevatorController => (protocol::KONE, "8.2", 71_000),
        _ => (protocol::ALERTON, "3.15", 70_000),
    };
    let instance = first + u32::from(controller.number);
    let tape = &mut making.tape;
    tape.udp_group(&controller.host, BACNET, everybody, BACNET, &protocol::who_is());
    tape.udp_group(&controller.host, BACNET, everybody, BACNET, &protocol::i_am(instance, vendor));
    let told = [
        (protocol::OBJECT_NAME, controller.name.as_str()),
        (protocol::VENDOR_NAME, &controller.maker),
        (protocol::MODEL_NAME, &controller.model),
        (protocol::FIRMWARE_REVISION, firmware),
    ];
    for (invoke, (property, value)) in (1_u8..).zip(told) {
        let question = protocol::read(invoke, instance, property);
        let answer = protocol::answer(invoke, instance, property, value);
        tape.udp(&station, BACNET, &controller.host, BACNET, &question);
        tape.udp(&controller.host, BACNET, &station, BACNET, &answer);
    }
    Ok(())
}

/// Somebody looks at the page of a device.
pub(crate) fn looked_at(making: &mut Making, device: &Device, _turn: usize) -> Result<()> {
    let name = device.full_name();
    let (who, page) = if device.kind == DeviceType::Ups {
        let realm = "Basic realm=\"APC Management Card\"";
        let server = "Allegro-Software-RomPager/4.34";
        ("ws-2", web::protected(&name, "/", "Mozilla/5.0 (Windows NT 10.0)", server, realm))
    } else {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
        ("read-1", web::get(&name, "/", agent, "Microsoft-IIS/10.0", "200 OK", ""))
    };
    let viewer = making.devices.named(who)?.host;
    Talk::play(&mut making.tape, &viewer, &device.host, 80, &page);
    Ok(())
}
