// The first hundred bytes of a database file, before SQLite is asked: what it is, in words. Pure.

export const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/**
 * What is wrong with the header of a file that SQLite should open, or undefined. Only for a database without a write-ahead log: else
 * the page that counts may be in there.
 *
 * @param header the file's first bytes, at most HEADER_BYTES
 * @param fileBytes the size of the file
 */
export function headerProblem(header: Uint8Array, fileBytes: number): string | undefined {
  if (header.length < HEADER_BYTES) return `the file is cut: it has ${fileBytes} bytes`;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (Buffer.from(header.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC) {
    return 'the file is no SQLite database, or its first page was overwritten';
  }
  const pageBytes = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0)
    return 'its header is damaged: the size of a page';
  // Constants of the format; SQLite refuses others with a word that tells nothing.
  if (header[21] !== 64 || header[22] !== 32 || header[23] !== 32)
    return 'its header is damaged: its constants';
  const pages = view.getUint32(28);
  if (pages * pageBytes > fileBytes) {
    return `the file is cut: it has ${fileBytes} of ${pages * pageBytes} bytes`;
  }
  return undefined;
}
