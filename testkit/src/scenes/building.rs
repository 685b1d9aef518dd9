//! Cameras, building controllers, power.

use anyhow::Result;
use model::DeviceType;

use crate::device::Device;
use crate::hospital::Making;
use crate::protocols::{bacnet, dns, web};
use crate::talk::Talk;
use crate::tape::{BROADCAST_MAC, Group, MDNS, SSDP};

/// Alerton's vendor identifier (ASHRAE 135, list of vendors).
const ALERTON: u8 = 18;
const BACNET: u16 = 47_808;

pub(crate) fn play(making: &mut Making) -> Result<()> {
    making.tape.at(95_000);
    cameras(making)?;
    controllers(making)?;
    power(making)
}

fn cameras(making: &mut Making) -> Result<()> {
    let recorder = making.devices.named("web")?.clone();
    let cameras: Vec<Device> = making.devices.of_kind(DeviceType::IpCamera).cloned().collect();
    for camera in cameras {
        let mac = camera.host.mac.to_string().replace(':', "").to_uppercase();
        let text = [format!("macaddress={mac}")];
        let instance = format!("{} - {mac}", camera.model);
        let host = format!("axis-{}", mac.to_lowercase());
        let message = dns::service(&instance, "_axis-video._tcp", &host, 80, &text, camera.host.ip);
        making.tape.udp_group(&camera.host, 5_353, MDNS, 5_353, &message);
        let location = format!("http://{}:49152/rootdesc1.xml", camera.host.ip);
        let id = format!("00000000-0000-1000-8000-{}", mac.to_lowercase());
        let notify = web::notify(&location, "Linux/4.14, UPnP/1.0, Portable SDK for UPnP devices/1.8.4", &id);
        making.tape.udp_group(&camera.host, 1_900, SSDP, 1_900, &notify);
        let challenge = format!("Digest realm=\"AXIS_{mac}\", nonce=\"00a1\", algorithm=MD5, qop=\"auth\"");
        let page = web::protected(
            &camera.full_name(),
            "/axis-cgi/param.cgi",
            "Example Recorder 2.4",
            "Apache/2.4.57 (Unix)",
            &challenge,
        );
        Talk::play(&mut making.tape, &recorder.host, &camera.host, 80, &page);
        let uri = format!("rtsp://{}/axis-media/media.amp", camera.host.ip);
        let stream = web::stream(&uri, "GStreamer RTSP server", &format!("AXIS_{mac}"));
        Talk::play(&mut making.tape, &recorder.host, &camera.host, 554, &stream);
    }
    Ok(())
}

fn controllers(making: &mut Making) -> Result<()> {
    let station = making.devices.named("web")?.clone();
    let controllers: Vec<Device> = making.devices.of_kind(DeviceType::BacnetController).cloned().collect();
    for controller in controllers {
        let [a, b, c, _] = controller.host.ip.octets();
        let ip = std::net::Ipv4Addr::new(a, b, c, 255);
        let everybody = Group { mac: BROADCAST_MAC, ip, ttl: controller.host.ttl };
        let instance = 70_000 + u32::from(controller.number);
        making.tape.udp_group(&controller.host, BACNET, everybody, BACNET, &bacnet::who_is());
        making.tape.udp_group(&controller.host, BACNET, everybody, BACNET, &bacnet::i_am(instance, ALERTON));
        let told = [
            (bacnet::OBJECT_NAME, controller.name.as_str()),
            (bacnet::VENDOR_NAME, "Alerton"),
            (bacnet::MODEL_NAME, &controller.model),
            (bacnet::FIRMWARE_REVISION, "3.15"),
        ];
        for (invoke, (property, value)) in (1_u8..).zip(told) {
            let tape = &mut making.tape;
            let question = bacnet::read(invoke, instance, property);
            let answer = bacnet::answer(invoke, instance, property, value);
            tape.udp(&station.host, BACNET, &controller.host, BACNET, &question);
            tape.udp(&controller.host, BACNET, &station.host, BACNET, &answer);
        }
    }
    Ok(())
}

/// Somebody looks at the page of a power supply.
fn power(making: &mut Making) -> Result<()> {
    let station = making.devices.named("ws-2")?.clone();
    let supplies: Vec<Device> = making.devices.of_kind(DeviceType::Ups).cloned().collect();
    for supply in supplies {
        let page = web::protected(
            &supply.full_name(),
            "/",
            "Mozilla/5.0 (Windows NT 10.0)",
            "Allegro-Software-RomPager/4.34",
            "Basic realm=\"APC Management Card\"",
        );
        Talk::play(&mut making.tape, &station.host, &supply.host, 80, &page);
    }
    Ok(())
}
