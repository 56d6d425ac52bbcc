import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { moduleOf, type Snippet, snippetsOf, sourcesIn } from './snippets.ts';

const root = resolve(import.meta.dirname, '../..');

describe('the code in the pages and docstrings', () => {
  let folder = '';
  let snippets: readonly Snippet[] = [];

  const fileOf = (snippet: Snippet): string => join(folder, `snippet-${snippets.indexOf(snippet)}.ts`);
  const runs = ({ code, output }: Snippet): boolean => output === undefined && code.startsWith('virtually(');

  before(async () => {
    snippets = (await Promise.all(documented().map((file) => snippetsOf(file)))).flat();
    folder = mkdtempSync(join(tmpdir(), 'rx-lockstep-snippets-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const snippet of snippets) writeFileSync(fileOf(snippet), moduleOf(snippet));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          types: ['node'],
          declaration: false,
          isolatedDeclarations: false,
          rewriteRelativeImportExtensions: false,
          allowImportingTsExtensions: true,
        },
        include: ['*.ts'],
      }),
    );
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('compiles', function () {
    this.timeout(30_000);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    const named = stdout.replaceAll(/\S*snippet-(\d+)\.ts/g, (_, index) => whereIs(snippets[index]));
    expect(named).to.equal('');
    expect(snippets).to.have.length.above(20);
  });

  it('does what its marbles say', async () => {
    const marbles = snippets.filter(runs);
    expect(marbles).to.have.length.above(4);
    for (const snippet of marbles) await import(pathToFileURL(fileOf(snippet)).href);
  });

  it('prints what stands beneath it', function () {
    this.timeout(60_000);
    const printing = snippets.filter(({ output }) => output !== undefined);
    expect(printing).to.have.length.above(0);
    for (const snippet of printing) {
      const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', fileOf(snippet)], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
      });
      expect(stdout.trimEnd(), `${whereIs(snippet)}\n${stderr}`).to.equal(snippet.output);
    }
  });
});

function whereIs(snippet: Snippet | undefined): string {
  return `${snippet?.file}:${snippet?.line}`;
}

/** The files with code in them that users read, as paths from the root. */
function documented(): string[] {
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => join('docs', name)), ...sourcesIn('operators'), ...sourcesIn('src')];
}
