// Migration 2: how each epoch came to be, so that a client can be told why something of it is gone.

export const migration0002 = {
  version: 2,
  name: 'epoch-origin',
  sql: `
ALTER TABLE epochs ADD COLUMN origin TEXT NOT NULL DEFAULT 'first'
  CHECK (origin IN ('first', 'restore', 'salvage', 'fresh'));
`,
} as const;
