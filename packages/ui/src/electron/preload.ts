// Runs in the window before the page, in a world of its own: gives the page its bridge, as `window.masala`.

import { contextBridge, ipcRenderer } from 'electron';
import { factsFrom, makeBridge } from './preload-bridge.ts';

const bridge = makeBridge(
  {
    ask: (channel, message) => ipcRenderer.invoke(channel, message),
    send: (channel) => ipcRenderer.send(channel),
    // Electron's own event stays here: by its sender a page could reach ipcRenderer.
    hear: (channel, listener) => void ipcRenderer.on(channel, (_electronEvent, event) => listener(event)),
  },
  factsFrom(process.argv),
);

contextBridge.exposeInMainWorld('masala', bridge);
