// Whether a folder lies on another machine: there locks and the shared memory of the write-ahead log do not hold.

import { readFileSync, realpathSync, statfsSync } from 'node:fs';

/** File systems over the network, by the number that statfs gives (linux/magic.h); 9p is also how virtual machines share folders. */
const NETWORK_MAGICS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x5346414f, 'afs'],
  [0x73757245, 'coda'],
  [0x564c, 'ncp'],
  [0x00c36400, 'ceph'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
]);

/** One number for everything in user space: the table of mounts says what it is. */
const FUSE_MAGIC = 0x65735546;
const NETWORK_FUSE =
  /^fuse\.(sshfs|rclone|davfs|s3fs|gcsfuse|glusterfs|ceph|gvfsd-fuse|curlftpfs|smbnetfs|afpfs|juicefs|mfs)/;

/**
 * The name of the file system when it is one over the network, else undefined. Pure.
 *
 * @param magic `type` of statfs
 * @param mountType the type in the table of mounts, undefined where it is not known
 */
export function networkFileSystem(magic: number, mountType: string | undefined): string | undefined {
  // Some systems give the number with its highest bit as a sign.
  const unsigned = magic >>> 0;
  if (unsigned !== FUSE_MAGIC) return NETWORK_MAGICS.get(unsigned);
  return mountType !== undefined && NETWORK_FUSE.test(mountType) ? mountType : undefined;
}

/** Whether a Windows path names another machine (`\\server\share`, also as `\\?\UNC\…`). Pure. */
export function isUncPath(path: string): boolean {
  const forward = path.replaceAll('\\', '/');
  if (/^\/\/[?.]\//.test(forward)) return /^\/\/[?.]\/UNC\//i.test(forward);
  return /^\/\/[^/]+/.test(forward);
}

/** The type of the mount that a path lies on, from the lines of /proc/self/mounts. Pure. */
export function mountTypeOf(path: string, mounts: string): string | undefined {
  let best: { readonly point: string; readonly type: string } | undefined;
  for (const line of mounts.split('\n')) {
    const [, point = '', type] = line.split(' ').map(unescapeMount);
    if (type === undefined || (path !== point && !path.startsWith(point === '/' ? '/' : `${point}/`)))
      continue;
    // Of two mounts on one place the later hides the earlier.
    if (best === undefined || point.length >= best.point.length) best = { point, type };
  }
  return best?.type;
}

/** What kind of network folder it is, or undefined where it is none or where that cannot be told. */
export function networkedFolder(folder: string): string | undefined {
  try {
    // On Windows a drive letter that stands for another machine's folder becomes its UNC path.
    const real = realpathSync.native(folder);
    if (process.platform === 'win32')
      return isUncPath(real) || isUncPath(folder) ? 'a Windows share' : undefined;
    const { type } = statfsSync(real);
    const mounts = process.platform === 'linux' ? readFileSync('/proc/self/mounts', 'utf8') : '';
    return networkFileSystem(type, mountTypeOf(real, mounts));
  } catch {
    return undefined; // cannot be told: a start is not refused for a guess
  }
}

/** Blanks and backslashes stand as octal numbers in the table. */
function unescapeMount(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
