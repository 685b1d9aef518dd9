// Characters that cannot be seen but change what is read: control characters, zero width, and those that turn the
// direction of text (Unicode TR 36). A host name may carry them to look like another.
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The text with each hidden character written out, as `U+202E`. */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (each) => `\u2039U+${(each.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}\u203a`,
  );
}
