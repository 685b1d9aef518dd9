// How grave a weakness looks. The hub says that it is there; the order in which people should look is presentation, until
// the API carries a risk of its own.

export type Severity = "critical" | "high" | "medium" | "low" | "ok";

const GRAVE: Record<string, Severity> = {
  cleartext_credentials: "critical",
  unauthenticated_control: "critical",
  cleartext_patient_data: "high",
  default_community: "high",
  anonymous_access: "high",
  obsolete_ssl: "high",
  smb1: "high",
  weak_ssh: "high",
  weak_rdp: "high",
  no_authentication: "medium",
  cleartext_management: "medium",
  obsolete_tls: "medium",
  weak_cipher: "medium",
  weak_key: "medium",
  radius_pap: "medium",
  radius_without_message_authenticator: "medium",
  weak_eap: "medium",
  weak_kerberos_encryption: "medium",
  certificate_not_valid: "medium",
};

const ORDER: Severity[] = ["critical", "high", "medium", "low", "ok"];

export const severityOf = (weakness: string): Severity => GRAVE[weakness] ?? "low";

/** The gravest of several; none is good. */
export function worst(weaknesses: readonly string[]): Severity {
  return weaknesses.map(severityOf).reduce<Severity>((a, b) => (ORDER.indexOf(b) < ORDER.indexOf(a) ? b : a), "ok");
}

/** Gravest first, then by name. */
export const byGravity = (a: string, b: string): number =>
  ORDER.indexOf(severityOf(a)) - ORDER.indexOf(severityOf(b)) || a.localeCompare(b);
