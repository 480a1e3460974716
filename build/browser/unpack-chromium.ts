// A child of browser.ts: unpacks the Chromium of @sparticuz/chromium into the folder of its temporary files, TMPDIR.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
