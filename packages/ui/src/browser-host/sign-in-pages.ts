// The pages around the sign-in: the file that brings a browser here, and what the sign-in answers.

import type { HostFacts } from '../bridge/bridge.ts';
import { SESSION_KEY, signInNeeded } from '../bridge/browser-session.ts';

/**
 * The file that the browser opens: it posts its token, so that nothing secret stands in a command line, in an address or in a
 * history. Only this user can read it.
 */
export function pageFile(origin: string, token: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'unsafe-inline'; form-action ${origin}">
<meta name="color-scheme" content="light dark">
<title>Masala</title>
<main>
<h1>Masala</h1>
<form method="post" action="${origin}/sign-in">
<input type="hidden" name="token" value="${token}">
<noscript><p>Masala's dashboard needs JavaScript.</p></noscript>
<button>Open Masala's dashboard</button>
</form>
</main>
<script>document.forms[0].submit()</script>
</html>
`;
}

/** Keeps the session in this tab, for this port alone, and goes on to the page. */
export function signedInPage(session: string, path: string, facts: HostFacts, nonce: string): string {
  const kept = JSON.stringify(JSON.stringify({ session, facts }));
  const target = JSON.stringify(`/#${path}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Masala</title>
<script nonce="${nonce}">
sessionStorage.setItem(${JSON.stringify(SESSION_KEY)}, ${kept.replaceAll('<', '\\u003c')});
location.replace(${target.replaceAll('<', '\\u003c')});
</script>
</html>
`;
}

/** For a person whose link is used up, and for everybody who guesses: the very same, so that nobody learns which it was. */
export const refusedPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Masala: sign-in needed</title>
<main>
<h1>This link was used already, or is older than a minute</h1>
<p>Open the dashboard again: click Masala's icon in the tray, start Masala once more, or run <code>masala-server open</code>.</p>
<p><code>${signInNeeded.code}</code></p>
</main>
</html>
`;
