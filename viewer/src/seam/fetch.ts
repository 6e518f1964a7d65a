/** A document beside the page; undefined where there is none, or none that can be read: the viewer works without. */
export async function document<Kind>(href: string | null, page: URL): Promise<Kind | undefined> {
  if (href === null) return undefined;
  try {
    const answer = await fetch(new URL(href, page));
    return answer.ok ? ((await answer.json()) as Kind) : undefined;
  } catch {
    return undefined;
  }
}
