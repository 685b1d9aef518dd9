// CSV of the mock: what the hub writes for spreadsheets, and what a file states about devices.

const COLUMNS = [
  "id",
  "name",
  "manufacturer",
  "model",
  "device_type",
  "clinical_class",
  "os",
  "serial",
  "location",
  "zone",
  "ips",
  "macs",
  "lifecycle",
  "quarantined",
  "external",
  "weaknesses",
  "first_seen",
  "last_seen",
];
const KEYS = ["id", "serial", "mac", "ip"];
const STATED = [
  "name",
  "manufacturer",
  "model",
  "device_type",
  "os",
  "serial",
  "location",
  "udi",
  "institution",
  "network_loss_effect",
  "reaction_time",
  "clinical_class",
  "clinical_owner",
  "biomed_owner",
  "maintenance_window",
];
const WORDS = {
  clinical_class: [
    "unknown",
    "life_sustaining",
    "therapeutic",
    "monitoring_alarm",
    "diagnostic",
    "support",
    "non_clinical",
  ],
  reaction_time: ["seconds", "minutes", "hours", "days", "unknown"],
};

/** Devices as a table in which nothing is a formula. */
export function columnsOf(devices) {
  const text = (value) =>
    Array.isArray(value) ? value.join(" ") : typeof value === "boolean" ? (value ? "yes" : "no") : (value ?? "");
  const cell = (value) => {
    const harmless = /^[=+\-@\t\r]/.test(text(value)) ? `'${text(value)}` : text(value);
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  const lines = devices.map((each) => COLUMNS.map((column) => cell(each[column])).join(","));
  return `${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

/** Rows of a file with the line that each begins in. */
function rowsOf(text, separator) {
  const rows = [];
  let [cells, cell, quoted, line, begun] = [[], "", false, 1, 1];
  const end = () => {
    cells.push(cell);
    if (cells.length > 1 || cell !== "") rows.push({ line: begun, cells });
    [cells, cell] = [[], ""];
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "\n") line += 1;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === separator) {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n") {
      end();
      begun = line;
    } else if (letter !== "\r") cell += letter;
  }
  if (cell !== "" || cells.length > 0) end();
  return rows;
}

/** Enough of TOML for a mapping: a separator, and tables of strings. */
function mappingOf(toml, deny) {
  const mapping = { separator: ",", columns: {}, values: {} };
  let table = mapping;
  toml.split("\n").forEach((whole, place) => {
    const line = whole.replace(/#.*$/, "").trim();
    const head = /^\[([a-z_.]+)\]$/.exec(line)?.[1];
    const pair = /^(?:"([^"]+)"|([A-Za-z_]+))\s*=\s*"([^"]*)"$/.exec(line);
    if (head) {
      const [first, second] = head.split(".");
      if (!["columns", "values"].includes(first))
        deny("/mapping_toml", `line ${place + 1}: unknown field \`${first}\``);
      if (second) mapping.values[second] ??= {};
      table = second ? mapping.values[second] : mapping.columns;
    } else if (pair) table[pair[1] ?? pair[2]] = pair[3];
    else if (line) deny("/mapping_toml", `line ${place + 1}: expected \`column = "attribute"\``);
  });
  for (const [column, target] of Object.entries(mapping.columns))
    if (![...KEYS, ...STATED].includes(target))
      deny(
        `/mapping_toml/columns/${column}`,
        `\`${target}\` is nothing here; it is one of ${[...KEYS, ...STATED].join(", ")}`,
      );
  return mapping;
}

/** What a file comes to: rows in order, statements that differ from before, and everything that is wrong. */
export function planOf(body, { devices, stated, deny }) {
  const own = (name) => ({ ips: "ip", macs: "mac" })[name] ?? name;
  const mapping = body.mapping_toml === undefined ? null : mappingOf(body.mapping_toml, deny);
  const [header, ...rows] = rowsOf(body.csv, mapping?.separator ?? ",");
  const names = (header?.cells ?? []).map((each) => each.trim());
  for (const name of Object.keys(mapping?.columns ?? {}))
    if (!names.includes(name))
      deny("/csv", `line 1, column \`${name}\`: the file has no such column, but the mapping names it`);
  const columns = names
    .map((name, place) => ({ name, place, target: mapping ? mapping.columns[name] : own(name) }))
    .filter((each) => [...KEYS, ...STATED].includes(each.target));
  if (!columns.some((each) => KEYS.includes(each.target)))
    deny("/csv", `line 1: no column finds the device: there has to be one of ${KEYS.join(", ")}`);
  const plan = { rows: rows.length, matched: 0, changes: [], errors: [] };
  const seen = new Set();
  for (const { line, cells } of rows) {
    const wrong = (detail, column = null) => plan.errors.push({ line, column, detail });
    if (cells.length !== names.length) {
      wrong(`it has ${cells.length} cells, but the header has ${names.length}`);
      continue;
    }
    const { device, fault } = find(cells, columns, devices, stated);
    if (!device) {
      wrong(fault);
      continue;
    }
    if (seen.has(device.id)) {
      wrong(`an earlier row is about \`${device.id}\` already`);
      continue;
    }
    const said = columns
      .filter((each) => STATED.includes(each.target) && cells[each.place].trim())
      .map((each) => ({ ...each, value: worded(mapping, each.target, cells[each.place].trim()) }));
    const bad = said.filter((each) => WORDS[each.target] && !WORDS[each.target].includes(each.value));
    for (const each of bad) wrong(`\`${each.value}\` is not one of ${WORDS[each.target].join(", ")}`, each.name);
    if (bad.length > 0) continue;
    seen.add(device.id);
    plan.matched += 1;
    for (const { target: attribute, value: after } of said) {
      const before = (stated.get(device.id) ?? []).find(
        (each) => each.attribute === attribute && each.source === `import ${body.name}`,
      );
      if (before?.value !== after)
        plan.changes.push({ line, device: device.id, attribute, before: before?.value ?? null, after });
    }
  }
  return { ...plan, ignored_columns: names.filter((name) => !columns.some((each) => each.name === name)) };
}

const worded = (mapping, attribute, value) =>
  Object.entries(mapping?.values[attribute] ?? {}).find(
    ([theirs]) => theirs.toLowerCase() === value.toLowerCase(),
  )?.[1] ?? value;

function find(cells, columns, devices, stated) {
  const sought = [];
  for (const key of KEYS) {
    const column = columns.find((each) => each.target === key);
    const cell = column && cells[column.place].trim().replace(/^'(?=[=+\-@])/, "");
    if (!cell) continue;
    sought.push(`${key} \`${cell}\``);
    const words = cell.toLowerCase().split(/[ ,;]+/);
    const device = devices.find((each) =>
      key === "id"
        ? each.id === cell
        : key === "serial"
          ? [
              each.serial,
              ...(stated.get(each.id) ?? []).filter((one) => one.attribute === "serial").map((one) => one.value),
            ].some((one) => one?.toLowerCase() === cell.toLowerCase())
          : (key === "mac" ? each.macs : each.ips).some((one) => words.includes(one)),
    );
    if (device) return { device };
  }
  return {
    fault:
      sought.length > 0
        ? `there is no device with ${sought.join(" or ")}`
        : `nothing in it finds a device: it needs one of ${KEYS.join(", ")}`,
  };
}
