// The part of node-ipc 14.0.0 that endpoint.ts uses; the package brings no types.

// biome-ignore lint/plugin: types only, for endpoint.ts
declare module 'node-ipc' {
  import type { Server, Socket } from 'node:net';

  interface NodeIpcServer {
    readonly server: Server | false;
    on(event: 'connect', listener: (socket: Socket) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'start', listener: () => void): void;
    start(): void;
    stop(): void;
  }

  interface NodeIpcClient {
    readonly socket: Socket;
    on(event: 'connect' | 'destroy', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
  }

  export class IPCModule {
    config: {
      id: string;
      rawBuffer: boolean;
      parser: 'raw';
      silent: boolean;
      unlink: boolean;
      maxConnections: number;
      maxRetries: number;
      stopRetrying: boolean;
      readableAll: boolean;
      writableAll: boolean;
    };
    readonly of: Record<string, NodeIpcClient | undefined>;
    readonly server: NodeIpcServer;
    serve(path: string): void;
    connectTo(id: string, path: string): void;
  }
}
