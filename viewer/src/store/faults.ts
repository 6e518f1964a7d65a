/** What can be wrong with the host of a store, in words for whoever looks at the page and whoever runs the host. */

export type Fault = "cors" | "mixed-content" | "no-range" | "status" | "damaged" | "offline" | "missing";

const WORDS: Record<Fault, string> = {
  cors: "The host of the pixels does not let pages of other sites read them. It must answer with the header Access-Control-Allow-Origin.",
  "mixed-content": "This page came by https, but its pixels are at an http address, which browsers refuse. Serve them by https.",
  "no-range": "The host of the pixels ignores Range requests, so that whole files are loaded. It works, but slowly.",
  status: "The host of the pixels answered with an error.",
  damaged: "Some pixels came damaged: their checksum is wrong. Loading them again may help; else the file on the host is damaged.",
  offline: "The host of the pixels cannot be reached.",
  missing: "There is no OME-Zarr image at this address.",
};

/** Something that a host does, which keeps pixels from being shown. `detail`: what was asked and what came. */
export class HostFault extends Error {
  readonly fault: Fault;
  readonly detail: string;

  constructor(fault: Fault, detail: string, cause?: unknown) {
    super(`${WORDS[fault]} (${detail})`, { cause });
    this.name = "HostFault";
    this.fault = fault;
    this.detail = detail;
  }
}
