#!/usr/bin/env node
// Where the `masala-server` command begins.
import manifest from '../../package.json' with { type: 'json' };

console.log(`masala-server ${manifest.version} (Node ${process.version})`);
