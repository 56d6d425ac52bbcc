import { expect } from 'chai';
import fc from 'fast-check';
import { map, NEVER, pipe, timeout, timer } from 'rxjs';
import { type Document, fanOut, onLane, subtask, zipLanes } from '../../operators/index.ts';
import { LockstepError } from '../../src/errors.ts';
import { Timeline, type TimelineTextOptions } from '../../src/observe/timeline.ts';
import { virtually } from '../../src/testing/index.ts';
import { widthOf } from '../../src/text-width.ts';
import { Script } from './script.ts';

/** The lines of a picture above its legend. */
function gridOf(timeline: Timeline, options?: TimelineTextOptions): string[] {
  return timeline.toText(options).split('\n\n')[0]?.split('\n') ?? [];
}

describe('Timeline', () => {
  it('draws a row a batch, a column a cycle, a letter a stage', () => {
    const timeline = new Timeline();
    new Script(timeline.record)
      .issue(0, 0)
      .answer(0, 0, 'tech')
      .issue(1, 1)
      .answer(1, 1)
      .stall(2)
      .answer(0, 2, 'finance')
      .retire(0, 3)
      .retire(1, 3)
      .issue(2, 3, { documents: 64 })
      .answer(2, 4, 'tech')
      .abstain(2, 5, 'finance', 64)
      .retire(2, 5)
      .bubble(4, 3)
      .issue(3, 7, { documents: 1 })
      .answer(3, 7)
      .retire(3, 8, 1);
    expect(timeline.toText().split('\n')).to.deep.equal([
      'cycle       0         5',
      'batch 0 ×4  I x x R   ·',
      '       tech a',
      '    finance = = a',
      'batch 1 ×4  · I w R   ·',
      '       tech   a',
      '    finance   a',
      'batch 2 ×64 ·     I x R',
      '       tech       = a',
      '    finance       = = !',
      'batch 3 ×1  ·         ·   I D',
      '       tech               a',
      '    finance               a',
      'not issued  ·   s   o o o',
      '',
      'batch I issued   x executes   w waits for its turn   R retired',
      '      D retired with dead letters',
      'lane  = runs   a answered   ! abstained',
      'edge  s stall: all full   o bubble: nothing waits',
      '× documents of the batch',
      '',
      '9 cycles · 73 documents in 4 batches · mean batch 18.3 · 1 stall · 3 bubbles',
      '1 abstention · finance: 1 × SUBTASK_FAILED · 1 dead letter',
    ]);
  });

  it('draws a batch that is issued and retired within one cycle, and several in a cycle', () => {
    const timeline = new Timeline();
    new Script(timeline.record, ['tech'])
      .issue(0, 0)
      .answer(0, 0)
      .retire(0, 0)
      .issue(1, 0, { early: true })
      .answer(1, 0)
      .retire(1, 0)
      .issue(2, 0, { early: true })
      .answer(2, 1)
      .retire(2, 1);
    expect(gridOf(timeline)).to.deep.equal([
      'cycle      0',
      'batch 0 ×4 IR',
      '      tech a',
      'batch 1 ×4 iR',
      '      tech a',
      'batch 2 ×4 i R',
      '      tech = a',
    ]);
    expect(timeline.toText()).to.include('i issued between edges').and.to.include('· 2 early ·');
  });

  it('tells an abstention about some documents from one about all', () => {
    const timeline = new Timeline();
    new Script(timeline.record)
      .issue(0, 0)
      .answer(0, 1)
      .abstain(0, 2, 'tech', 1, 'INVALID_SCORES')
      .abstain(0, 2, 'finance', 4, 'INVALID_SCORES')
      .retire(0, 2);
    expect(gridOf(timeline)).to.deep.equal(['cycle      0', 'batch 0 ×4 I x R', '      tech = ~', '   finance = !']);
  });

  it('draws what is still in flight up to the last cycle', () => {
    const timeline = new Timeline();
    new Script(timeline.record).issue(0, 0).answer(0, 1, 'tech').issue(1, 1).answer(1, 1).stall(2, 3, 4);
    expect(gridOf(timeline)).to.deep.equal([
      'cycle      0',
      'batch 0 ×4 I x x x x',
      '      tech = a',
      '   finance = = = = =',
      'batch 1 ×4 · I w w w',
      '      tech   a',
      '   finance   a',
      'not issued ·   s s s',
    ]);
  });

  it('draws lanes or not, as asked', () => {
    const timeline = new Timeline();
    new Script(timeline.record).issue(0, 0).answer(0, 1).retire(0, 1).issue(1, 1).answer(1, 2).retire(1, 2);
    expect(gridOf(timeline, { lanes: false })).to.deep.equal(['cycle      0', 'batch 0 ×4 I R', 'batch 1 ×4 · I R']);
    expect(timeline.toText({ lanes: false })).not.to.include('answered');
  });

  it('cuts stretches without a change, and says so', () => {
    const timeline = new Timeline();
    new Script(timeline.record, ['tech'])
      .issue(0, 2)
      .answer(0, 3)
      .retire(0, 3)
      .bubble(3, 8)
      .issue(1, 11)
      .stall(...Array.from({ length: 1000 }, (_, index) => 12 + index))
      .answer(1, 1011)
      .retire(1, 1012);
    expect(gridOf(timeline)).to.deep.equal([
      'cycle      2     … 10      … 1010',
      'batch 0 ×4 I R     ·         ·',
      '      tech = a',
      'batch 1 ×4 ·       · I x x … x x R',
      '      tech           = = = … = a',
      'not issued · o o … o   s s … s s',
    ]);
    expect(timeline.toText()).to.include('… 1,001 cycles left out');
  });

  it('draws stretches that are no longer than what would replace them', () => {
    const timeline = new Timeline();
    new Script(timeline.record, ['tech']).issue(0, 0).answer(0, 7).retire(0, 7);
    expect(gridOf(timeline)).to.deep.equal([
      'cycle      0         5',
      'batch 0 ×4 I x x x x x x R',
      '      tech = = = = = = = a',
    ]);
  });

  it('draws the last cycles that fit the width, and says what it left out', () => {
    const timeline = new Timeline();
    const script = new Script(timeline.record, ['tech']);
    for (let batch = 0; batch < 40; batch++)
      script
        .issue(batch, batch)
        .answer(batch, batch + 1)
        .retire(batch, batch + 2);
    expect(gridOf(timeline, { width: 30, lanes: false })).to.deep.equal([
      'cycle       … 34          40',
      'batch 32 ×4 … R           ·',
      'batch 33 ×4 … x R         ·',
      'batch 34 ×4   I x R       ·',
      'batch 35 ×4   · I x R     ·',
      'batch 36 ×4   ·   I x R   ·',
      'batch 37 ×4   ·     I x R ·',
      'batch 38 ×4   ·       I x R',
      'batch 39 ×4   ·         I x R',
    ]);
    expect(timeline.toText({ width: 30, lanes: false }))
      .to.match(/^… 34 cycles left out$/m)
      .and.match(/^32 earlier batches not drawn$/m)
      .and.match(/^42 cycles$/m);
  });

  it('draws the last batches that fit the rows, at least one', () => {
    const timeline = new Timeline();
    const script = new Script(timeline.record);
    for (let batch = 0; batch < 4; batch++)
      script
        .issue(batch, batch)
        .answer(batch, batch)
        .retire(batch, batch + 1);
    const batches = (rows: number): string[] =>
      gridOf(timeline, { rows }).flatMap((line) => line.match(/batch \d/) ?? []);
    expect(batches(12)).to.deep.equal(['batch 0', 'batch 1', 'batch 2', 'batch 3']);
    expect(batches(11)).to.deep.equal(['batch 1', 'batch 2', 'batch 3']);
    expect(batches(1)).to.deep.equal(['batch 3']);
    expect(gridOf(timeline, { rows: 2, lanes: false })).to.have.length(3);
  });

  it('remembers the last batches only, and counts all', () => {
    const timeline = new Timeline({ limit: 2 });
    const script = new Script(timeline.record);
    for (let batch = 0; batch < 1000; batch++) script.issue(batch, batch).answer(batch, batch).retire(batch, batch);
    script.retire(3, 1000).answer(4, 1000).abstain(5, 1000, 'tech');
    expect(gridOf(timeline, { lanes: false })).to.deep.equal([
      'cycle        998 1000',
      'batch 998 ×4 IR  ·',
      'batch 999 ×4 · IR·',
    ]);
    expect(timeline.toText({ width: 120 }))
      .to.include('998 earlier batches not drawn')
      .and.include(
        '1,001 cycles · 4,000 documents in 1,000 batches · mean batch 4 · 0 stalls · 0 bubbles\n1 abstention',
      );
  });

  it('begins a new row when the number of a batch comes again', () => {
    const timeline = new Timeline({ limit: 3 });
    const script = new Script(timeline.record, ['tech']);
    script.issue(0, 0).answer(0, 0).retire(0, 1).issue(0, 2).answer(0, 3).retire(0, 3).issue(1, 3).issue(2, 4);
    script.answer(0, 9).retire(0, 5);
    expect(gridOf(timeline, { lanes: false }).slice(0, 2)).to.deep.equal(['cycle      2     5', 'batch 0 ×4 I x w R']);
  });

  it('says that nothing was issued', () => {
    const timeline = new Timeline();
    expect(timeline.toText()).to.equal('Nothing was issued.');
    new Script(timeline.record).stall(3).answer(0, 1).retire(0, 2).bubble(1, 2);
    expect(timeline.toText({ color: true })).to.equal('Nothing was issued.');
  });

  it('keeps names in their columns: wide, long, or with what would upset a terminal', () => {
    const timeline = new Timeline();
    new Script(timeline.record, ['科技', 'the longest name of a lane', 'x\u001B[2Jy\n', 'back\u202Ewards'])
      .issue(0, 0)
      .answer(0, 0)
      .abstain(0, 0, 'x\u001B[2Jy\n')
      .retire(0, 1);
    expect(gridOf(timeline)).to.deep.equal([
      'cycle                 0',
      'batch 0 ×4            I R',
      '                 科技 a',
      ' the longest name of… a',
      '              x [2Jy  !',
      '           back wards a',
    ]);
    expect(timeline.toText()).to.include('x [2Jy : 1 × SUBTASK_FAILED');
  });

  it('is the same picture in colour', () => {
    const timeline = new Timeline();
    new Script(timeline.record)
      .issue(0, 0)
      .answer(0, 1, 'tech')
      .abstain(0, 1, 'finance')
      .stall(1, 2)
      .retire(0, 2)
      .issue(1, 6);
    const colored = timeline.toText({ color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape codes of colours begin with one
    expect(colored.replaceAll(/\u001B\[[\d;]*m/g, '').replaceAll(/ +$/gm, '')).to.equal(timeline.toText());
    expect(colored).to.include('\u001B[1;97;44mI \u001B[0m\u001B[30;46mx \u001B[0m\u001B[1;30;42mR \u001B[0m');
  });

  it('draws the same run the same way, always: slow, failing and hanging lanes, stalls and bubbles', () => {
    const run = (): Timeline => {
      const timeline = new Timeline();
      virtually(({ hot, clock, lanes, scheduler }) => {
        const edges = clock(5);
        const { subtasks } = lanes({ tech: '--9', finance: '-------4', sport: '-#' });
        // Over text, not over batches: 14 frames if a is among them, none if h is, else never.
        const culture = subtask<Document>('culture', ['culture'], (documents) => {
          const texts = documents.map(({ text }) => text).join('');
          if (texts.includes('h')) return documents.map(() => 0.5);
          return texts.includes('a') ? timer(14, scheduler).pipe(map(() => documents.map(() => 0.5))) : NEVER;
        });
        const documents = hot('ab--c-----d----------------------------------------------------efghi|');
        const balloted = documents.pipe(
          fanOut([...subtasks, culture], { clock: edges, maxBatch: 3, depth: 2, observe: timeline.record }),
          onLane('culture', pipe(timeout({ each: 20, scheduler: edges }))),
          zipLanes({ quorum: 2 }),
        );
        balloted.subscribe();
      });
      return timeline;
    };
    const timeline = run();
    expect(timeline.toText().split('\n')).to.deep.equal([
      'cycle      0         5         10        15',
      'batch 0 ×1 I x x R   ·         ·         ·',
      '      tech a',
      '   finance = a',
      '     sport !',
      '   culture = = a',
      'batch 1 ×2 · I x x x R         ·         ·',
      '      tech   a',
      '   finance   = a',
      '     sport   !',
      '   culture   = = = = !',
      'batch 2 ×1 ·     I x x x R     ·         ·',
      '      tech       a',
      '   finance       = a',
      '     sport       !',
      '   culture       = = = = !',
      'batch 3 ×3 ·         ·         ·     I x x x R',
      '      tech                           a',
      '   finance                           = a',
      '     sport                           = !',
      '   culture                           = = = = !',
      'batch 4 ×2 ·         ·         ·       I x w R',
      '      tech                             a',
      '   finance                             = a',
      '     sport                             !',
      '   culture                             a',
      'not issued ·   s   o o o o o o o o o     ·',
      '',
      'batch I issued   x executes   w waits for its turn   R retired',
      'lane  = runs   a answered   ! abstained',
      'edge  s stall: all full   o bubble: nothing waits',
      '× documents of the batch',
      '',
      '18 cycles · 9 documents in 5 batches · mean batch 1.8 · 1 stall · 9 bubbles',
      '8 abstentions · sport: 5 × SUBTASK_FAILED · culture: 3 × SUBTASK_FAILED',
    ]);
    expect(run().toText()).to.equal(timeline.toText());
    expect(run().toSvg()).to.equal(timeline.toSvg());
  });

  it('keeps to the width, whatever happens', () => {
    const story = fc.array(
      fc.record({
        wait: fc.nat(12),
        takes: fc.nat(12),
        documents: fc.nat(99999),
        fails: fc.boolean(),
        stalls: fc.nat(9),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(story, fc.integer({ min: 40, max: 120 }), fc.nat(1_000_000), (batches, width, start) => {
        const timeline = new Timeline({ limit: 20 });
        const script = new Script(timeline.record);
        let cycle = start;
        for (const [batch, { wait, takes, documents, fails, stalls }] of batches.entries()) {
          cycle += wait;
          script.issue(batch, cycle, { documents, early: wait === 0 });
          for (let stall = 1; stall <= stalls; stall++) script.stall(cycle + stall);
          cycle += stalls;
          script.answer(batch, cycle + takes, 'tech');
          if (fails) script.abstain(batch, cycle, 'finance', documents);
          script.retire(batch, cycle + takes + 1);
        }
        const lines = timeline.toText({ width }).split('\n');
        expect(Math.max(...lines.map(widthOf))).to.be.at.most(width);
        expect(lines.filter((line) => /^batch \d/.test(line))).not.to.have.length(0);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a limit, a width or rows that are no counts', () => {
    for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new Timeline({ limit })).to.throw(LockstepError, /`limit`/);
    for (const width of [0, -80, 79.5, Number.NaN])
      expect(() => new Timeline().toText({ width })).to.throw(LockstepError, /`width`/);
    for (const rows of [0, Number.NaN]) expect(() => new Timeline().toText({ rows })).to.throw(LockstepError, /`rows`/);
  });
});
