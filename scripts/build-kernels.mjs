// Compiles the kernels of compiled lanes from AssemblyScript. The same sources give the same bytes; with `--check` it says whether those
// that are there are those.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const kernels = join(root, 'src/compiled/kernels.wasm');
const built = join(root, 'dist/src/compiled');

async function compile(to) {
  const { error, stderr } = await asc.main([
    ...['src/compiled/assembly/index.ts', '--config', 'src/compiled/assembly/asconfig.json'],
    ...['--baseDir', root, '--outFile', to],
  ]);
  if (error) throw new Error(`${error.message}\n${stderr}`);
}

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const again = join(folder, 'kernels.wasm');
    await compile(again);
    if (!readFileSync(again).equals(readFileSync(kernels)))
      throw new Error('src/compiled/kernels.wasm is not what its sources compile to: `npm run build` makes it anew');
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  await compile(kernels);
  if (existsSync(built)) copyFileSync(kernels, join(built, 'kernels.wasm'));
}
