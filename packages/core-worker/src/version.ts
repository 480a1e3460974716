// The version of Masala that this core belongs to.

import packageJson from '../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;
