// `npm run docs`: writes the generated parts of the documents anew.
import { writeFileSync } from 'node:fs';
import { renderFiles } from './render.ts';

for (const { file, path, present, wanted, stale } of renderFiles()) {
  if (wanted !== present) writeFileSync(path, wanted);
  console.log(`${file}: ${stale.length === 0 ? 'up to date' : `wrote ${stale.join(', ')}`}`);
}
