// Views that this browser keeps: a name and the query part of an address.
import { useState } from "react";
import { remember, remembered } from "../../app/memory";
import { readSearch, writeSearch } from "../../app/url";
import { type DevicesSearch, readDevicesSearch } from "./search";

export interface OwnView {
  name: string;
  search: DevicesSearch;
}

function read(): OwnView[] {
  try {
    const kept: unknown = JSON.parse(remembered("views") ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept
      .filter((each) => typeof each?.name === "string" && typeof each?.at === "string")
      .map((each) => ({ name: each.name, search: readDevicesSearch(readSearch(each.at)) }));
  } catch {
    return [];
  }
}

export function useOwnViews() {
  const [views, setViews] = useState(read);
  const keep = (next: OwnView[]) => {
    setViews(next);
    remember("views", JSON.stringify(next.map((each) => ({ name: each.name, at: writeSearch({ ...each.search }) }))));
  };
  return {
    views,
    add: (name: string, search: DevicesSearch) =>
      keep([...views.filter((each) => each.name !== name), { name, search }]),
    remove: (name: string) => keep(views.filter((each) => each.name !== name)),
  };
}
