/** How one answer of a host is to be understood. */

/** S3 answers 403 for what is not there, unless anyone may list the bucket. */
const MISSING = new Set([403, 404, 410]);
/** Worth another try: too many requests, and what a gateway says while its server starts. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

export type Meaning = "whole" | "part" | "missing" | "try again" | "error";

/** What an answer with `status` and `type` (its Content-Type) means for a key of a store. */
export function meaning(status: number, type: string | null): Meaning {
  if (MISSING.has(status)) return "missing";
  if (PASSING.has(status)) return "try again";
  if (status !== 200 && status !== 206) return "error";
  // Hosts made for single-page applications send their front page with 200 for whatever is not there.
  if (type?.trimStart().toLowerCase().startsWith("text/html")) return "missing";
  return status === 206 ? "part" : "whole";
}
