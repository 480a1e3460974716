// The ids of what an import books: the same paper has the same id, whichever file brings it and however often.

import { createHash } from 'node:crypto';

/** What an imported command is about; two papers of one key in different classes are two documents. */
export type DerivedClass = 'dispatch' | 'return' | 'write-off' | 'receipt' | 'item' | 'opening-stock';

/**
 * A command id: a UUID of version 8 (RFC 9562) from the SHA-256 over the JSON array of source, class, key and attempt.
 * Nothing of the file is in it, so that a corrected or renamed file books nothing twice.
 */
export function derivedCommandId(
  source: string,
  documentClass: DerivedClass,
  key: string,
  attempt: number,
): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([source, documentClass, key, attempt]))
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** A SKU as a key: SKUs are the same without regard to the case of ASCII letters, as in the database's index. */
export function skuKey(sku: string): string {
  return sku.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
