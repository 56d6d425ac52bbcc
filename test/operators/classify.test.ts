import { expect } from 'chai';
import { filter, map, materialize, of, tap, toArray } from 'rxjs';
import {
  acknowledge,
  type Classifier,
  Clock,
  classify,
  encode,
  fanOut,
  receipt,
  tokenize,
  Vocabulary,
  vote,
  zipLanes,
} from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { characters } from '../../src/language/tokenizers.ts';
import type { LockstepEvent } from '../../src/observe/events.ts';
import { virtually } from '../../src/testing/index.ts';
import { scriptedSubtask } from '../../src/testing/scripted-subtask.ts';
import { collect } from '../support/collect.ts';
import { type Marbles, marbles } from '../support/marbles.ts';
import { clockIn, sure } from '../support/pipeline.ts';
import { behavesLikeAnOperator, lettered, textOf } from './family.ts';

const plain: Classifier = {
  tokenizer: characters(),
  vocabulary: new Vocabulary(['a', 'b']),
  subtasks: sure('tech'),
  weights: {},
  bias: {},
};

describe('classify', () => {
  behavesLikeAnOperator({
    // With a period of 1 every frame is an edge: lanes that answer at once label a document on the frame on which it came.
    operator: ({ scheduler }) => classify<Document>(plain, { clock: new Clock({ period: 1, scheduler }) }),
    input: lettered,
    letter: textOf,
    synchronous: false,
  });

  it('adds tokens, ids, a ballot and a verdict, and keeps every other field', () => {
    virtually(({ scheduler }) => {
      const document = Object.freeze({ text: 'ax', id: 7, mine: true });
      const seen = collect(of(document).pipe(classify(plain, { clock: clockIn({ scheduler }) })));
      return () => {
        const [labelled] = seen.values;
        expect(labelled).to.include({ ...document, unknown: 1 });
        expect(labelled?.tokens).to.have.length(2);
        expect(labelled?.ids).to.deep.equal(Int32Array.of(2, 1));
        expect(labelled?.ballot.labels).to.deep.equal(['tech']);
        expect(labelled?.verdict.label).to.equal('tech');
        expect(Object.keys(document)).to.deep.equal(['text', 'id', 'mine']);
      };
    })();
  });

  describe('is exactly the chain of its parts', () => {
    const scripts = {
      tech: '-9',
      finance: ['--', { a: 0.9, b: 0.2, c: 0.7, e: 0.1 }],
      culture: '----#',
      sport: '---',
    } as const;
    const settings = { maxBatch: 2, depth: 3, maxDelay: 1, deadline: 2, quorum: 1, ordered: false, minConfidence: 0.7 };

    /** Everything that comes out, with its frame, and everything the observer is told. */
    const run = (composed: boolean, workConserving: boolean): { emitted: unknown[]; events: LockstepEvent[] } => {
      const emitted: unknown[] = [];
      const events: LockstepEvent[] = [];
      marbles((helpers: Marbles) => {
        const { scheduler, hot } = helpers;
        const ensemble: Classifier = {
          tokenizer: characters({ lowercase: true }),
          vocabulary: new Vocabulary(['b', 'a']),
          subtasks: Object.entries(scripts).map(([name, script]) => scriptedSubtask(name, script, scheduler)),
          weights: { tech: 0.5, finance: 2 },
          bias: { culture: 0.1 },
        };
        const clock = clockIn(helpers, { workConserving });
        const observe = (event: LockstepEvent): void => void events.push(event);
        const { deadline, quorum, ordered, minConfidence, ...issuing } = settings;
        const parts = (source: ReturnType<typeof documents>) =>
          source.pipe(
            tokenize(ensemble.tokenizer),
            encode(ensemble.vocabulary),
            fanOut(ensemble.subtasks, { ...issuing, clock, observe }),
            zipLanes({ deadline, quorum, ordered }),
            vote({ weights: ensemble.weights, bias: ensemble.bias, minConfidence }),
          );
        const documents = () => hot('-a-b---(cd)--A---e-a-a|').pipe(map((text, id) => ({ text, id, mine: [id] })));
        const result = composed
          ? parts(documents())
          : documents().pipe(classify(ensemble, { ...settings, clock, observe }));
        result
          .pipe(
            map((document) => ({
              ...document,
              lanes: document.verdict.lanes,
              uncertain: document.verdict.uncertain,
              said: document.ballot.scores,
            })),
            materialize(),
          )
          .subscribe((notification) => emitted.push([scheduler.now(), notification]));
      });
      return { emitted, events };
    };

    for (const workConserving of [false, true])
      it(`on a clock that is ${workConserving ? '' : 'not '}work-conserving`, () => {
        const [whole, parts] = [run(false, workConserving), run(true, workConserving)];
        expect(whole.emitted).to.deep.equal(parts.emitted);
        expect(whole.events).to.deep.equal(parts.events);
        expect(whole.emitted).to.have.length.above(6);
        expect(whole.events.map(({ type }) => type)).to.include.members(['issue', 'answer', 'abstain', 'retire']);
        expect(run(false, workConserving)).to.deep.equal(whole); // the same input, the same timeline
      });
  });

  it('has a clock of its own, with which the last documents come after the end of the source', async () => {
    const documents = of({ text: 'a' }, { text: 'b' }, { text: 'c' });
    const labelled = await new Promise<Document[]>((resolve, reject) =>
      documents.pipe(classify(plain, { maxBatch: 2 }), toArray()).subscribe({ next: resolve, error: reject }),
    );
    expect(labelled.map(textOf)).to.deep.equal(['a', 'b', 'c']);
  });

  it('labels every document once and in order, each with its receipt', () => {
    virtually(({ hot, clock, lanes, expectDocuments, expectAcknowledged, expectRejected, expectSettled }) => {
      const answers = lanes({ tech: ['--', { a: 0.9, b: 0.1, c: 0.2 }], finance: ['-', { a: 0.1, b: 0.8, c: 0.9 }] });
      const result = hot('-a-b-x--c----|').pipe(
        classify(answers, { clock: clock(5) }),
        tap((document) => expect(document[receipt]?.settled).to.equal(false)),
        acknowledge(),
      );
      expectDocuments(result).toBe('----------(ab)-(c|)', { a: 'tech', b: 'finance', c: 'finance' });
      expectAcknowledged('abc');
      expectRejected('x'); // no lane knows it
      expectSettled();
    });
  });

  it('marks the verdicts that are less sure than `minConfidence`', () => {
    virtually(({ hot, clock, lanes, expectDocuments }) => {
      const answers = lanes({ tech: ['-', { a: 0.9, b: 0.5 }], finance: ['-', { a: 0.1, b: 0.6 }] });
      const labelled = hot('-(ab)--|').pipe(classify(answers, { clock: clock(5), minConfidence: 0.8 }));
      expectDocuments(labelled.pipe(filter(({ verdict }) => !verdict.uncertain))).toBe('----------(a|)', { a: 'tech' });
      expectDocuments(labelled.pipe(filter(({ verdict }) => verdict.uncertain))).toBe('----------(b|)', {
        b: 'finance',
      });
    });
  });

  it('refuses what is no ensemble, and every option that its parts refuse, at once', () => {
    for (const wrong of [undefined, null, {}, 'news'])
      expect(() => Reflect.apply(classify, undefined, [wrong]))
        .to.throw(LockstepError, 'Expected `ensemble` to be an ensemble')
        .with.property('code', 'INVALID_ARGUMENT');
    for (const [option, value] of Object.entries({
      maxBatch: 0,
      depth: 0,
      maxDelay: -1,
      maxWaiting: 0,
      deadline: -1,
      quorum: 0,
      minConfidence: 2,
      clock: {},
    }))
      expect(() => Reflect.apply(classify, undefined, [plain, { [option]: value }]), option)
        .to.throw(LockstepError, `Expected \`${option}\``)
        .with.property('code', 'INVALID_ARGUMENT');
    expect(() => classify({ ...plain, subtasks: [] })).to.throw(LockstepError, 'subtasks');
    expect(() => classify({ ...plain, weights: { tech: -1 } })).to.throw(LockstepError, 'weights.tech');
    expect(() => Reflect.apply(classify, undefined, [{ ...plain, vocabulary: [] }])).to.throw(
      LockstepError,
      'vocabulary',
    );
  });
});
