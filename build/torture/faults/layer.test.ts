// The layer under real programs: it sees every call, its calls fail as they are told to, and its cut is a cut.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cCompiler, describeIf, linux } from '../../testing/requires.ts';
import { chanceOf } from '../chance.ts';
import { until } from '../waiting.ts';
import { Disk } from './disk.ts';
import { compileLayer, Layer } from './layer.ts';
import { readOperations } from './operations.ts';

const program = join(import.meta.dirname, 'fixtures/file-calls.ts');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'masala-layer-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/** A layer with a root of its own. */
function layerOn(shared: string, logsOperations: boolean) {
  const own = join(folder, String(count++));
  const root = join(own, 'root');
  mkdirSync(root, { recursive: true });
  const layer = new Layer({ folder: own, shared, roots: [root], logsOperations });
  return { layer, root, env: { ...process.env, ...layer.environment } };
}

describeIf([linux, cCompiler], 'the layer', () => {
  const shared = cCompiler.isMet() ? compileLayer(folder) : '';

  test('writes down every change that SQLite and Node make', () => {
    const { layer, root, env } = layerOn(shared, true);
    const disk = new Disk([root]);
    const { status, stderr } = spawnSync(process.execPath, [program, root], { env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const operations = readOperations(layer.log);
    expect(operations).toHaveLength(layer.operations);
    disk.apply(operations);
    const logged = disk.present();
    const real = new Disk([root]).present();
    expect([...logged.keys()].sort()).toEqual([...real.keys()].sort());
    for (const [path, content] of real) expect([path, logged.get(path)]).toEqual([path, content]);
    expect(real.size).toBeGreaterThan(10);
    layer.close();
  });

  test.each([
    ['once', 2, 2, ['1 written', '2 ENOSPC', '3 written'], 'abcdababcd'],
    ['from then on', 2, Number.MAX_SAFE_INTEGER, ['1 written', '2 ENOSPC', '3 ENOSPC'], 'abcdabab'],
    ['never', 4, 4, ['1 written', '2 written', '3 written'], 'abcdabcdabcd'],
  ])('lets a write fail %s', (_, from, to, said, left) => {
    const { layer, root, env } = layerOn(shared, false);
    layer.fail({ kind: 'write', code: 'ENOSPC', from, to });
    const { stdout } = spawnSync(process.execPath, [program, root, 'writes'], { env, encoding: 'utf8' });
    expect(stdout.trimEnd().split('\n')).toEqual(said);
    expect(readFileSync(join(root, 'written'), 'utf8')).toBe(left);
    expect(layer.calls('write')).toBe(3);
    layer.close();
  });

  test('cuts the power so that what was synced before an answer is there in every state of the disk', async () => {
    const { layer, root, env } = layerOn(shared, true);
    const disk = new Disk([root]);
    layer.syncDelayUs = 500;
    layer.cutAfter(200);
    const child = spawn(process.execPath, [program, root, 'lines'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until('the cut', () => (layer.isCut ? true : undefined));
    child.kill('SIGKILL');
    await ended;
    disk.apply(readOperations(layer.log));
    expect(layer.operations).toBe(200);
    const lines = said.trimEnd().split('\n').length;
    expect(lines).toBeGreaterThan(50);
    const states = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const content = disk.afterPowerCut(chanceOf(seed)).get(join(root, 'lines'));
      // The folder was never synced: the file itself may be gone.
      if (content === undefined) continue;
      expect(content.toString('latin1').startsWith(said)).toBe(true);
      states.add(content.toString('latin1'));
    }
    expect(states.size).toBeGreaterThan(0);
    layer.close();
  });
});
