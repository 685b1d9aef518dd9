// What people put on devices of the synthetic hospital.

/** Words that people put on some devices. */
export function labelled(devices, of) {
  devices.forEach((device, place) => {
    if (place % 9 === 2) device.labels.push("audit-2026");
    if (device.zone === "icu" && place % 4 === 0) device.labels.push("loan");
  });
  of("infusion_pump").labels.push("ward-4", "battery-due");
  // The same station twice: once by its old address, before anything but addresses was heard of it.
  const monitor = of("patient_monitor");
  const twin = devices.find((each) => each.device_type === null && each.zone === "icu");
  if (twin) Object.assign(twin, { ips: [monitor.ips[0].replace(/\d+$/, "240"), ...twin.ips.slice(0, 1)] });
}

/** Somebody marked it as quarantined. */
export function marked(device, record, now, request) {
  device.quarantined = true;
  const person = { kind: "person", name: "j.lindqvist" };
  const why = "calls an address outside, work order 22931";
  record(device, now - 3 * 3_600_000, person, "quarantine", "quarantined", "false", "true", why, request);
}
