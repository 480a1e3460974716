// What a scanner reads from a QR code on the page: from its picture as the screen shows it, by other code than what drew it.

import type { Locator } from 'playwright-core';
import { decodeQR } from 'qr/decode.js';

/** Of the decoder; its own bound is a frame of a camera's film, too short for a busy machine. */
const TIME_LIMIT_MS = 30_000;

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly number[];
}

/** The text of the QR code that an element shows. Throws where none can be read. */
export async function readQrCode(element: Locator): Promise<string> {
  const png = await element.screenshot();
  // The browser itself knows how to read a PNG; an empty page has no policy that would forbid it.
  const easel = await element.page().context().newPage();
  try {
    const { width, height, pixels } = (await easel.evaluate(
      `(async (png) => {
        const picture = new Image();
        picture.src = 'data:image/png;base64,' + png;
        await picture.decode();
        const { width, height } = picture;
        const canvas = new OffscreenCanvas(width, height).getContext('2d');
        canvas.drawImage(picture, 0, 0);
        return { width, height, pixels: Array.from(canvas.getImageData(0, 0, width, height).data) };
      })(${JSON.stringify(png.toString('base64'))})`,
    )) as Picture;
    const image = { width, height, data: Uint8ClampedArray.from(pixels) };
    return decodeQR(image, { timeLimit: TIME_LIMIT_MS });
  } finally {
    await easel.close();
  }
}
