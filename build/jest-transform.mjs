// How jest reads TypeScript: Node's own type stripping, so that tests run the very text that the programs run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const ownText = readFileSync(import.meta.filename);

/** @type {import('@jest/transform').SyncTransformer} */
const transformer = {
  // Types become blanks of the same length: lines and columns in a stack are those of the source, no map needed.
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  // Jest's own key hashes the file alone; another Node strips differently, and so does another version of this file.
  getCacheKey: (source, path) =>
    createHash('sha256').update(ownText).update(process.version).update(path).update(source).digest('hex'),
};

export default transformer;
