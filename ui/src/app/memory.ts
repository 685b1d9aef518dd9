// What this browser remembers for its user. Storage may be missing or full; then nothing is remembered.

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`bedrail.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`bedrail.${key}`, value);
  } catch {
    // Nothing is lost but comfort.
  }
}
