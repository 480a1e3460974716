// Pure rule: the tray's icons as the files that a desktop takes: PNG, and ICO on Windows. Made by code, so that no binary
// file has to be kept in step with what the colours mean.

import { crc32, deflateSync } from 'node:zlib';
import { drawIcon, type Pixels, type TrayColour } from './icon-drawing.ts';

/** Trays show 16 to 24 pixels, twice that on fine screens; 64 scales down well to all of them. */
const PNG_SIZE = 64;
/** What Windows asks for at 100, 125, 150 and 200 %. */
const ICO_SIZES = [16, 20, 24, 32];

/** The icon's file for a desktop of this platform. */
export function iconFile(colour: TrayColour, platform: NodeJS.Platform): Buffer {
  return platform === 'win32'
    ? icoFile(ICO_SIZES.map((size) => drawIcon(colour, size)))
    : pngFile(drawIcon(colour, PNG_SIZE));
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function pngFile({ size, bytes }: Pixels): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6], 8); // 8 bits a channel, RGBA
  const stride = size * 4;
  const rows = Buffer.alloc(size * (stride + 1)); // each row begins with its filter: 0, none
  for (let row = 0; row < size; row++) {
    rows.set(bytes.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(content, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, content.length + 8)), content.length + 8);
  return chunk;
}

const ICO_ENTRY_BYTES = 16;
const BITMAP_HEADER_BYTES = 40;

function icoFile(images: readonly Pixels[]): Buffer {
  const bitmaps = images.map(bitmapOf);
  const header = Buffer.alloc(6 + images.length * ICO_ENTRY_BYTES);
  header.writeUInt16LE(1, 2); // an icon, not a cursor
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  for (const [index, { size }] of images.entries()) {
    const entry = 6 + index * ICO_ENTRY_BYTES;
    const length = Number(bitmaps[index]?.length);
    header.set([size, size], entry);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6); // bits a pixel
    header.writeUInt32LE(length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += length;
  }
  return Buffer.concat([header, ...bitmaps]);
}

/** BGRA from the bottom up, and an empty mask behind it, whose rows fill whole 4 bytes: alpha says what is transparent. */
function bitmapOf({ size, bytes }: Pixels): Buffer {
  const maskBytes = Math.ceil(size / 32) * 4 * size;
  const bitmap = Buffer.alloc(BITMAP_HEADER_BYTES + size * size * 4 + maskBytes);
  bitmap.writeUInt32LE(BITMAP_HEADER_BYTES, 0);
  bitmap.writeInt32LE(size, 4);
  bitmap.writeInt32LE(size * 2, 8); // picture and mask
  bitmap.writeUInt16LE(1, 12);
  bitmap.writeUInt16LE(32, 14);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const from = (row * size + column) * 4;
      const [red = 0, green = 0, blue = 0, alpha = 0] = bytes.subarray(from, from + 4);
      bitmap.set([blue, green, red, alpha], BITMAP_HEADER_BYTES + ((size - 1 - row) * size + column) * 4);
    }
  }
  return bitmap;
}
