// Conversations of a device by peer, and how each is protected.
import type { Conversation } from "../../api/client";

export type Protection = "encrypted" | "clear" | "clinical";

export const protectionOf = (talk: Pick<Conversation, "encrypted" | "cleartext_clinical">): Protection =>
  talk.cleartext_clinical ? "clinical" : talk.encrypted ? "encrypted" : "clear";

export interface Neighbour {
  key: string;
  device: string | null;
  name: string;
  services: string[];
  volume: number;
  protection: Protection;
}

/** Peers with all that is said with each, busiest first; of several protections the worst shows. */
export function neighboursOf(conversations: Conversation[]): Neighbour[] {
  const rank: Protection[] = ["encrypted", "clear", "clinical"];
  const all = new Map<string, Neighbour>();
  for (const talk of conversations) {
    const key = talk.peer.device ?? talk.peer.ip ?? talk.peer.mac ?? "";
    const one = all.get(key) ?? {
      key,
      device: talk.peer.device,
      name: talk.peer.name ?? talk.peer.ip ?? talk.peer.mac ?? "",
      services: [],
      volume: 0,
      protection: "encrypted",
    };
    const service = talk.protocol ?? `${talk.transport}/${talk.port}`;
    if (!one.services.includes(service)) one.services.push(service);
    one.volume += (talk.bytes[0] ?? 0) + (talk.bytes[1] ?? 0);
    const protection = protectionOf(talk);
    if (rank.indexOf(protection) > rank.indexOf(one.protection)) one.protection = protection;
    all.set(key, one);
  }
  return [...all.values()].sort((a, b) => b.volume - a.volume || a.name.localeCompare(b.name));
}
