import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type DecomposeParts, runDecompose } from '../../../cli/decompose/run.ts';
import { main } from '../../../cli/main.ts';
import { LockstepError } from '../../../src/errors.ts';
import { DECOMPOSITION } from '../../decompose/example.ts';
import { testConsole } from '../test-console.ts';

function fakeParts(bad = 0) {
  const asked: object[] = [];
  const parts: DecomposeParts = {
    readRows: async (_input, onBadRow) => {
      for (let i = 1; i <= bad; i++) onBadRow(new LockstepError('INVALID_DATA', `Cannot use line ${i}`));
      return [{ label: 'a', text: 'x' }];
    },
    decompose: async (rows, options) => {
      asked.push({ rows: rows.length, ...options });
      return DECOMPOSITION;
    },
    draw: () => '<svg/>',
  };
  return { asked, parts };
}

describe('lockstep decompose', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-decompose-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('shows the lanes with their loads, and what is confused', async () => {
    const console = testConsole();
    const { asked, parts } = fakeParts();
    expect(await runDecompose({ data: 'rows.tsv', method: 'graph', lanes: 2, seed: 3 }, console, parts)).to.equal(0);
    expect(asked).to.deep.equal([{ rows: 1, method: 'graph', lanes: 2, seed: 3 }]);
    expect(console.out()).to.equal(`3 labels in 2 lanes: balanced partition of the confusion graph

  lane  labels  load
     1  a, b    ████████████████████  14.0 µs
     2  c<&>    █████████████████     12.0 µs

  15 rows confused
  80.0 % of them within a lane, 33.3 % by chance
  a lane takes 10.0 + 2.0 µs a label for a document
  largest load 1.08 × the mean

  most confused  rows  in lane
  a – b            12        1
  a – c<&>          3
`);
    expect(console.err()).to.equal('');
  });

  it('writes JSON, or a picture, when asked to', async () => {
    const json = testConsole();
    await runDecompose({ data: '-', json: true }, json, fakeParts().parts);
    expect(JSON.parse(json.out())).to.deep.equal(DECOMPOSITION);
    const drawn = testConsole();
    await runDecompose({ data: '-', svg: '-' }, drawn, fakeParts().parts);
    expect(drawn.out()).to.equal('<svg/>\n');
    const svg = join(folder, 'lanes.svg');
    const both = testConsole();
    await runDecompose({ data: '-', svg, json: true }, both, fakeParts().parts);
    expect(await readFile(svg, 'utf8')).to.equal('<svg/>\n');
    expect(JSON.parse(both.out())).to.deep.equal(DECOMPOSITION);
    expect(both.err()).to.equal(`lockstep: see ${svg}\n`);
  });

  it('refuses to write two things in one place', async () => {
    const console = testConsole();
    const error = await runDecompose({ data: '-', svg: '-', json: true }, console, fakeParts().parts).catch((e) => e);
    expect(error).to.include({ code: 'INVALID_ARGUMENT' });
    expect(console.out()).to.equal('');
  });

  it('reports bad rows and ends with 3', async () => {
    const console = testConsole();
    expect(await runDecompose({ data: '-' }, console, fakeParts(1).parts)).to.equal(3);
    expect(console.err()).to.include('1 row was not used');
  });

  it('goes from a file of rows to lanes', async () => {
    const data = join(folder, 'rows.tsv');
    const rows = [
      'cat\tcat purrs',
      'cat\tsoft cat',
      'dog\tdog barks',
      'dog\tloud dog',
      'sun\tsun shines',
      'sun\tbright sun',
    ];
    await writeFile(data, `${rows.join('\n')}\n`);
    const console = testConsole();
    expect(await main(['decompose', data, '--lanes', '2', '--json'], console)).to.equal(0);
    const { groups, loads } = JSON.parse(console.out());
    expect(groups.flat().sort()).to.deep.equal(['cat', 'dog', 'sun']);
    expect(loads).to.have.length(2);
  });

  it('says what is wrong with the number of lanes', async () => {
    const data = join(folder, 'two.tsv');
    await writeFile(data, 'a\tx\nb\ty\n');
    const console = testConsole();
    expect(await main(['decompose', data, '--lanes', '3'], console)).to.equal(2);
    expect(console.err()).to.include('at most the number of labels, 2');
  });
});
