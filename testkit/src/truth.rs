//! Labels: what is true about each device, as `bedrail evaluate` reads them.

use std::io::{self, Write};

use crate::device::Device;

const HEADER: &str =
    "capture\taddress\tip\tmanufacturer\tmodel\tdevice_type\tos_family\tidentifiable\tsource_of_truth\tnote";

/// Writes the table.
pub(crate) fn write(devices: &[Device], capture: &str, mut out: impl Write) -> io::Result<()> {
    writeln!(out, "{HEADER}")?;
    for device in devices {
        let (ip, kind) = (device.host.ip, device.kind.name());
        // Behind a router only the network address tells a device.
        let mac = if device.behind_router { String::new() } else { device.host.mac.to_string() };
        let (maker, model) = (&device.maker, &device.model);
        let os = if device.windows { "Windows" } else { "" };
        writeln!(out, "{capture}\t{mac}\t{ip}\t{maker}\t{model}\t{kind}\t{os}\tyes\tmade so\t")?;
    }
    out.flush()
}
