// Where the page begins: finds its bridge (Electron's preload put one there, else the browser's is made) and draws the app.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../bridge/bridge.ts';
import { App } from './app.tsx';
import './shared/tokens.css';
import './shared/base.css';
import { connectBrowserBridge } from './shared/browser-bridge.ts';
import { applyRememberedTheme } from './shared/theme.ts';

declare global {
  interface Window {
    readonly masala?: Bridge;
  }
}

applyRememberedTheme();

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element with the id "root".');

const bridge = window.masala ?? connectBrowserBridge();
createRoot(root).render(
  <StrictMode>
    <App bridge={bridge} />
  </StrictMode>,
);
