// The log of operations, as faults/layer.c writes it, read back in its order.
import { readFileSync } from 'node:fs';

export type Operation =
  | { readonly type: 'create'; readonly inode: number; readonly path: string }
  | { readonly type: 'write'; readonly inode: number; readonly offset: number; readonly data: Buffer }
  | { readonly type: 'truncate'; readonly inode: number; readonly size: number }
  | { readonly type: 'sync-begin'; readonly inode: number; readonly token: number }
  | { readonly type: 'sync-folder-begin'; readonly path: string; readonly token: number }
  | { readonly type: 'sync-end'; readonly token: number }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }
  | { readonly type: 'unlink' | 'mkdir' | 'rmdir'; readonly path: string };

/** `struct record`: two numbers of 32 bits, three of 64. */
const RECORD_BYTES = 32;

/** Reads a whole log; a record that was cut short by a kill was never followed by anything. */
export function readOperations(path: string): Operation[] {
  const bytes = readFileSync(path);
  const operations: Operation[] = [];
  for (let at = 0; at + RECORD_BYTES <= bytes.length; ) {
    const textBytes = bytes.readUInt32LE(at + 4);
    const dataBytes = Number(bytes.readBigUInt64LE(at + 24));
    const textAt = at + RECORD_BYTES;
    const dataAt = textAt + textBytes;
    if (dataAt + dataBytes > bytes.length) break;
    operations.push(
      operationOf(bytes.readUInt32LE(at), {
        inode: Number(bytes.readBigUInt64LE(at + 8)),
        offset: Number(bytes.readBigUInt64LE(at + 16)),
        texts: bytes.toString('utf8', textAt, dataAt).split('\0'),
        data: bytes.subarray(dataAt, dataAt + dataBytes),
      }),
    );
    at = dataAt + dataBytes;
  }
  return operations;
}

interface RecordFields {
  readonly inode: number;
  readonly offset: number;
  readonly texts: readonly string[];
  readonly data: Buffer;
}

/** By `enum record_kind`. */
function operationOf(kind: number, { inode, offset, texts, data }: RecordFields): Operation {
  const [path = '', to = ''] = texts;
  switch (kind) {
    case 1:
      return { type: 'create', inode, path };
    case 2:
      return { type: 'write', inode, offset, data };
    case 3:
      return { type: 'truncate', inode, size: offset };
    case 4:
      return { type: 'sync-begin', inode, token: offset };
    case 5:
      return { type: 'sync-end', token: offset };
    case 6:
      return { type: 'sync-folder-begin', path, token: offset };
    case 7:
      return { type: 'rename', from: path, to };
    case 8:
      return { type: 'unlink', path };
    case 9:
      return { type: 'mkdir', path };
    case 10:
      return { type: 'rmdir', path };
    default:
      throw new Error(`the log of operations has a record of the unknown kind ${kind}`);
  }
}
