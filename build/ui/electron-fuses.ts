// The fuses of the Electron that is shipped: switches inside its program that nobody can turn afterwards without breaking its
// signature. The installer's build turns them: `node build/ui/electron-fuses.ts PATH-OF-THE-PROGRAM`.
import { type FuseConfig, FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/** All are named, so that a fuse that a new Electron brings must be decided here before it can be shipped. */
export const shippedFuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // ELECTRON_RUN_AS_NODE would make a Node of it that runs anybody's script under our name.
  [FuseV1Options.RunAsNode]: false,
  // The page keeps no cookies; should it ever, the system's key store guards them.
  [FuseV1Options.EnableCookieEncryption]: true,
  // NODE_OPTIONS and --inspect would let any program of the user into main.
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Only our own packed program, and only unchanged.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // We ship no V8 snapshot of our own.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The page comes over our own scheme; file: is a stranger like any other.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // As Electron has it: bounds of WebAssembly memory are watched by the processor.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies FuseConfig;

if (import.meta.main) {
  const [program] = process.argv.slice(2);
  if (program === undefined) {
    console.error('usage: node build/ui/electron-fuses.ts PATH-OF-THE-PROGRAM');
    process.exitCode = 2;
  } else {
    await flipFuses(program, shippedFuses);
    console.log(`the fuses of ${program} are set`);
  }
}
