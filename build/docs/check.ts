// A step of `npm run check`: the generated parts of the documents are those of the present source.
import { renderFiles } from './render.ts';

const stale = renderFiles().filter((rendered) => rendered.stale.length > 0);
for (const { file, stale: names } of stale) console.error(`${file}: out of step: ${names.join(', ')}`);
if (stale.length > 0) {
  console.error('run `npm run docs` and look at what changed');
  process.exitCode = 1;
}
