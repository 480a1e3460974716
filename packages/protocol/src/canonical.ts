// One way to write a value, so that its digest is the same on every machine: canonical JSON (RFC 8785).
//
// Numbers in commands are integers within 2^53, so that RFC 8785's rule for floats never comes into play; binary is
// written as base64.

import { hash } from 'node:crypto';

/** Canonical JSON of a value: keys sorted by UTF-16 code units, undefined fields left out, -0 as 0. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const field = (value as Record<string, unknown>)[key];
    if (field !== undefined) fields.push(`${JSON.stringify(key)}:${canonicalJson(field)}`);
  }
  return `{${fields.join(',')}}`;
}

/** SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * What a command id stands for: SHA-256, in hexadecimal, of the method, a line feed, and the canonical JSON of the
 * params as received, without `commandId`.
 */
export function commandDigest(method: string, params: Readonly<Record<string, unknown>>): string {
  const { commandId: _, ...content } = params;
  return sha256Hex(`${method}\n${canonicalJson(content)}`);
}
