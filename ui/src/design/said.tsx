import { Wire } from "./wire";

/** What the hub says: words of the user stand in backticks there, and in a box here. One without its twin stays. */
export function Said({ children }: { children: string }) {
  return [...children.matchAll(/`([^`]*)`|[^`]+|`/g)].map(({ 0: text, 1: quoted, index }) =>
    quoted === undefined ? (
      <Wire key={index}>{text}</Wire>
    ) : (
      <code key={index} className="said">
        <Wire>{quoted}</Wire>
      </code>
    ),
  );
}
