/** Words that go with a picture: what it is, of which study, under which licence. */

import { document as read } from "../seam/fetch.ts";

/** The parts of a study page's JSON twin that are read here. */
interface StudyPage {
  kind: string;
  title: string;
  licence: { name: string } | null;
}

/** Name of the image, and title and licence of its study where the page is one of a site's. */
export async function attributionOf(name: string, page: URL): Promise<string> {
  const study = await read<StudyPage>("../../index.json", page);
  const known = study?.kind === "study" ? [study.title, study.licence?.name] : [];
  return [name, ...known].filter(Boolean).join(" · ");
}
