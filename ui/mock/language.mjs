// The filter language of the hub: comparisons joined by `and`, `or`, `not` and parentheses. Throws with the place.

const WORDS = [
  "class",
  "external",
  "first_seen",
  "ip",
  "label",
  "last_seen",
  "lifecycle",
  "location",
  "mac",
  "manufacturer",
  "model",
  "name",
  "os",
  "quarantined",
  "serial",
  "type",
  "unknown",
  "weakness",
  "zone",
];
const OPERATORS = ["!=", "!~", ">=", "=", "~", "<"];

function tokens(text) {
  const found = [];
  const letters = [...text];
  let at = 0;
  const fault = (what) => {
    throw new Error(`character ${at + 1}: ${what}`);
  };
  while (at < letters.length) {
    const rest = letters.slice(at).join("");
    const first = letters[at];
    if (/\s/.test(first)) {
      at += 1;
      continue;
    }
    const column = at + 1;
    const operator = OPERATORS.find((each) => rest.startsWith(each));
    if ("()".includes(first)) {
      found.push({ column, kind: first });
      at += 1;
    } else if (`"'`.includes(first)) {
      const end = letters.indexOf(first, at + 1);
      if (end < 0) fault(`the quote ${first} is not closed`);
      found.push({ column, kind: "quoted", text: letters.slice(at + 1, end).join("") });
      at = end + 1;
    } else if (operator) {
      found.push({ column, kind: "operator", text: operator });
      at += operator.length;
    } else {
      const word = /^[\p{L}\p{N}_\-.:/*%+@#]+/u.exec(rest)?.[0];
      if (!word) fault(`\`${first}\` means nothing here`);
      found.push({ column, kind: "word", text: word });
      at += [...word].length;
    }
  }
  return found;
}

const valuesOf = (device, word, zones) => {
  switch (word) {
    case "type":
      return [device.device_type];
    case "class":
      return [device.clinical_class];
    case "ip":
      return device.ips;
    case "mac":
      return device.macs;
    case "label":
      return device.labels;
    case "weakness":
      return device.weaknesses;
    case "zone":
      return [device.zone, zones.find((each) => each.id === device.zone)?.name];
    case "external":
    case "quarantined":
      return [device[word] ? "yes" : "no", String(device[word])];
    case "unknown":
      return device.device_type === null ? ["yes", "true"] : ["no", "false"];
    default:
      return [device[word]];
  }
};

function comparison(word, operator, given) {
  const value = given.toLowerCase();
  return (device, zones) => {
    const values = valuesOf(device, word, zones).map((each) => String(each ?? "unknown").toLowerCase());
    switch (operator) {
      case "~":
      case "!~":
        return values.some((each) => each.includes(value)) === (operator === "~");
      case "<":
        return values.some((each) => each < value);
      case ">=":
        return values.some((each) => each >= value);
      default:
        return values.includes(value) === (operator === "=");
    }
  };
}

/** A test of a device, from a filter such as `class=support and not (name~"ward 3" or label=old)`. */
export function parse(text) {
  const all = tokens(text);
  let next = 0;
  const fault = (what, place = next) => {
    throw new Error(`character ${all[place]?.column ?? [...text].length + 1}: ${what}`);
  };
  const take = (word) => {
    const is = all[next]?.kind === "word" && all[next].text.toLowerCase() === word;
    if (is) next += 1;
    return is;
  };
  const alternatives = () => {
    const tests = [conjunction()];
    while (take("or")) tests.push(conjunction());
    return (...about) => tests.some((each) => each(...about));
  };
  const conjunction = () => {
    const tests = [term()];
    while (take("and")) tests.push(term());
    return (...about) => tests.every((each) => each(...about));
  };
  const term = () => {
    if (take("not")) {
      const inner = term();
      return (...about) => !inner(...about);
    }
    if (all[next]?.kind !== "(") return compared();
    next += 1;
    const inner = alternatives();
    if (all[next]?.kind !== ")") fault("expected `)`");
    next += 1;
    return inner;
  };
  const compared = () => {
    const word = all[next]?.kind === "word" ? all[next].text.toLowerCase() : null;
    if (word === null) fault("expected a comparison such as `class=support`");
    if (!WORDS.includes(word)) fault(`unknown word \`${word}\`; known are ${WORDS.join(", ")}`);
    const operator = all[next + 1];
    const value = all[next + 2];
    if (operator?.kind !== "operator") fault(`expected an operator such as \`=\` after \`${word}\``, next + 1);
    if (!["word", "quoted"].includes(value?.kind)) fault(`expected a value for \`${word}\``, next + 2);
    next += 3;
    return comparison(word, operator.text, value.text);
  };
  if (all.length === 0) return () => true;
  const test = alternatives();
  if (next < all.length) fault("expected `and`, `or` or the end");
  return test;
}
