// recovery.json: what was written is read back; what cannot be read still means a recovery, and never a choice.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type RecoveryNote,
  readRecoveryNote,
  removeRecoveryNote,
  writeRecoveryNote,
} from './recovery-note.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masala-note-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('a note is kept until it is removed', () => {
  expect(readRecoveryNote(dataDir, 9)).toBeNull();
  const request = { action: 'restore', id: null, until: 5 } as const;
  const note: RecoveryNote = {
    reason: 'damaged',
    at: 7,
    message: 'a page',
    request,
    tries: 1,
    chainEnd: null,
  };
  writeRecoveryNote(dataDir, note);
  expect(readRecoveryNote(dataDir, 9)).toEqual(note);
  removeRecoveryNote(dataDir);
  expect(readRecoveryNote(dataDir, 9)).toBeNull();
});

test.each([
  ['cut', '{"reason":"dama'],
  ['of another shape', '{"reason":"damaged","at":1}'],
  [
    'with a choice that does not exist',
    '{"reason":"damaged","at":1,"message":"","tries":0,"chainEnd":null,"request":{"action":"burn"}}',
  ],
  ['null', 'null'],
])('a note that is %s means a recovery without a choice', (_, text) => {
  writeFileSync(join(dataDir, 'recovery.json'), text);
  expect(readRecoveryNote(dataDir, 9)).toMatchObject({
    reason: 'damaged',
    at: 9,
    request: null,
    tries: 0,
    chainEnd: null,
  });
});
