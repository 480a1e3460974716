// Migration 1: the chained commands, devices, and the ledger of the first slice.

export const migration0001 = {
  version: 1,
  name: 'ledger',
  sql: `
-- One row: what this database is.
CREATE TABLE ledger (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL,
  boot_sequence INTEGER NOT NULL,
  -- Up to this sequence the bodies of commands have been dropped.
  bodies_expired_to INTEGER NOT NULL
) STRICT;

-- Every epoch of this history; a restore, a salvage and a fresh start each begin a new one.
CREATE TABLE epochs (
  epoch TEXT PRIMARY KEY,
  parent TEXT REFERENCES epochs (epoch),
  branch_sequence INTEGER NOT NULL,
  branch_hash TEXT NOT NULL,
  began_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Idempotency table, audit trail and journal in one; each row's hash covers the one before.
CREATE TABLE commands (
  sequence INTEGER PRIMARY KEY,
  command_id TEXT NOT NULL UNIQUE,
  device_id TEXT NOT NULL,
  user_id TEXT,
  method TEXT NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
  digest TEXT NOT NULL,
  body TEXT,
  decided TEXT,
  decided_digest TEXT NOT NULL,
  answer TEXT,
  answer_digest TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  paired_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
  code TEXT PRIMARY KEY COLLATE NOCASE,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO units (code, name) VALUES
  ('pcs', 'piece'), ('kg', 'kilogram'), ('g', 'gram'), ('l', 'litre'), ('ml', 'millilitre'), ('m', 'metre');

CREATE TABLE items (
  id TEXT PRIMARY KEY,
  sku TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name TEXT NOT NULL,
  unit TEXT NOT NULL REFERENCES units (code),
  decimals INTEGER NOT NULL,
  active INTEGER NOT NULL,
  -- No foreign key: item and lot name each other, and a deferred key costs a scan of all items for each new lot.
  default_lot_id TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A lot without a number is its item's default lot.
CREATE TABLE lots (
  id TEXT PRIMARY KEY,
  item_id TEXT NOT NULL REFERENCES items (id),
  number TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX lots_by_item ON lots (item_id);

CREATE TABLE partners (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('supplier', 'customer', 'both')),
  active INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX partners_by_kind ON partners (kind, code);

CREATE TABLE documents (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'posted', 'reversed')),
  number TEXT,
  partner_id TEXT REFERENCES partners (id),
  reference TEXT,
  note TEXT,
  document_at INTEGER,
  created_at INTEGER NOT NULL,
  posted_at INTEGER,
  reversal_of TEXT REFERENCES documents (id),
  reversed_by TEXT REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
  line_count INTEGER NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Only what is posted has a number: a draft costs the index nothing.
CREATE UNIQUE INDEX documents_by_number ON documents (number) WHERE number IS NOT NULL;
-- Lists ask for a kind, newest first, with or without a status: without, the three statuses are merged.
CREATE INDEX documents_by_status ON documents (kind, status, id);

CREATE TABLE document_lines (
  document_id TEXT NOT NULL REFERENCES documents (id),
  line INTEGER NOT NULL,
  item_id TEXT NOT NULL REFERENCES items (id),
  lot_id TEXT NOT NULL REFERENCES lots (id),
  quantity INTEGER NOT NULL,
  reason TEXT,
  PRIMARY KEY (document_id, line)
) STRICT, WITHOUT ROWID;

-- The last number given, by kind and year, so that numbers have no gaps.
CREATE TABLE document_numbers (
  kind TEXT NOT NULL,
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, year)
) STRICT, WITHOUT ROWID;

-- The ledger: append-only. Stock is its sum.
CREATE TABLE movements (
  sequence INTEGER PRIMARY KEY,
  document_id TEXT NOT NULL,
  line INTEGER NOT NULL,
  item_id TEXT NOT NULL,
  lot_id TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  -- The line refers to document, item and lot; what the movement repeats of it is compared by ledger.verify.
  FOREIGN KEY (document_id, line) REFERENCES document_lines (document_id, line)
) STRICT;
-- An index ends with the rowid, so that an item's movements lie in the order of their sequence.
CREATE INDEX movements_by_item ON movements (item_id);
-- Unique: a line moves the stock at most once, whatever the code does.
CREATE UNIQUE INDEX movements_by_line ON movements (document_id, line);

CREATE TABLE levels (
  item_id TEXT NOT NULL REFERENCES items (id),
  lot_id TEXT NOT NULL REFERENCES lots (id),
  quantity INTEGER NOT NULL CHECK (quantity >= 0),
  PRIMARY KEY (item_id, lot_id)
) STRICT, WITHOUT ROWID;
`,
} as const;
