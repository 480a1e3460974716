// A step of `npm run check`: refuses a lockfile with which a later `npm ci` would fail or ask another registry.
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ version?: string, resolved?: string, link?: boolean, optionalDependencies?: Record<string, string> }} LockedPackage
 */

/**
 * What is wrong with a lockfile, one sentence each; empty when it is complete.
 *
 * A registry mirror may lack the binary of one platform. npm then writes a lockfile without it and says nothing,
 * and the next `npm ci` fails with "Missing … from lock file"; so every optional dependency must have an entry.
 *
 * @param {Record<string, LockedPackage>} packages the lockfile's `packages`
 * @returns {string[]}
 */
export function lockfileFaults(packages) {
  const faults = [];
  const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()));
  for (const [path, entry] of Object.entries(packages)) {
    const name = path === '' ? 'the root package' : path;
    for (const dependency of Object.keys(entry.optionalDependencies ?? {})) {
      if (!locked.has(dependency))
        faults.push(`${name}@${entry.version}: ${dependency} has no entry of its own`);
    }
    if (entry.resolved !== undefined && !entry.link)
      faults.push(`${name}: names the registry ${entry.resolved}`);
  }
  return faults;
}

if (process.argv[1] === import.meta.filename) {
  const path = process.argv[2] ?? 'package-lock.json';
  const faults = lockfileFaults(JSON.parse(readFileSync(path, 'utf8')).packages);
  for (const fault of faults) console.error(`${path}: ${fault}`);
  if (faults.length > 0) {
    console.error('Pin a version that is complete (package.json, overrides), then run npm install again.');
    process.exitCode = 1;
  }
}
