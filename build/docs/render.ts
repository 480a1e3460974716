// Brings the documents together with the source: what each file must say, given what it says by hand.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceSection } from './markdown.ts';
import { sections } from './sections.ts';

const root = join(import.meta.dirname, '..', '..');

export interface RenderedFile {
  /** Relative to the root. */
  readonly file: string;
  readonly path: string;
  readonly present: string;
  readonly wanted: string;
  /** The sections that are out of step with the source. */
  readonly stale: readonly string[];
}

/** Every document with generated parts. Throws where a file or a mark is missing. */
export function renderFiles(): RenderedFile[] {
  return [...new Set(sections.map(({ file }) => file))].map((file) => {
    const path = join(root, file);
    const present = readFileSync(path, 'utf8');
    const stale: string[] = [];
    let wanted = present;
    for (const section of sections.filter((one) => one.file === file)) {
      const replaced = inFile(file, () => replaceSection(wanted, section.name, section.content()));
      if (replaced !== wanted) stale.push(section.name);
      wanted = replaced;
    }
    return { file, path, present, wanted, stale };
  });
}

function inFile<Result>(file: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
