#!/usr/bin/env node
// Where the `masala` command begins.
import manifest from '../../package.json' with { type: 'json' };

console.log(`masala ${manifest.version} (Node ${process.version})`);
