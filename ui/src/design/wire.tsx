import type { ReactNode } from "react";
import { visible } from "./visible";

/** Text from the wire: of either direction, within a box of its own, nothing hidden. */
export function Wire({ children, className }: { children: ReactNode; className?: string }) {
  return <bdi className={className}>{typeof children === "string" ? visible(children) : children}</bdi>;
}
