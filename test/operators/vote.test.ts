import { expect } from 'chai';
import { map, of, partition, share } from 'rxjs';
import {
  acknowledge,
  type Balloted,
  type DeadLetter,
  deadLetter,
  filterDocuments,
  vote,
} from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { ballotOf, virtually } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, textOf } from './family.ts';

const balloted = (text: string, opinions: Parameters<typeof ballotOf>[0]) => ({ text, ballot: ballotOf(opinions) });

const CLEAR = ballotOf({ tech: 0.9, finance: 0.2 });
const DOUBTFUL = ballotOf({ tech: 0.1, finance: 0.3 });
/** Gives documents of marbles what the lanes said of them: of a something clear, of any other something that is not. */
const withOpinions = map((document: Document) => ({ ...document, ballot: document.text === 'a' ? CLEAR : DOUBTFUL }));

describe('vote', () => {
  behavesLikeAnOperator({
    operator: () => vote(),
    input: (text) => balloted(text, { tech: 0.9, finance: 0.2 }),
    letter: textOf,
  });

  it('adds the verdict of the weighted vote, and keeps every other field', () => {
    const document = Object.freeze({ id: 7, ...balloted('a', { tech: 0.6, finance: 0.8, culture: null }) });
    const options = { weights: { tech: 2.5 }, bias: { culture: 0.5 } };
    const { values } = collect(of(document).pipe(vote(options)));
    expect(values[0]).to.include({ id: 7, text: 'a', ballot: document.ballot });
    expect(JSON.stringify(values[0]?.verdict)).to.equal(JSON.stringify(weightedVote(options)(document.ballot)));
    expect(document).not.to.have.property('verdict');
  });

  it('gives the docstring its marble: tech for a, finance for b', () => {
    const documents = of(balloted('a', { tech: 0.9, finance: 0.2 }), balloted('b', { tech: 0.1, finance: 0.3 }));
    const labels = collect(documents.pipe(vote())).values.map(({ verdict }) => verdict.label);
    expect(labels).to.deep.equal(['tech', 'finance']);
  });

  it('takes the first label of the ballot on a tie', () => {
    const documents = of(balloted('a', { tech: 0.5, finance: 0.5 }), balloted('b', { finance: 0.5, tech: 0.5 }));
    const labels = collect(documents.pipe(vote())).values.map(({ verdict }) => verdict.label);
    expect(labels).to.deep.equal(['tech', 'finance']);
  });

  it('refuses a weight or bias that is out of range, at once', () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => vote({ weights: { tech: weight } })).to.throw(LockstepError, 'weights.tech');
    for (const bias of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => vote({ bias: { tech: bias } })).to.throw(LockstepError, 'bias.tech');
  });

  for (const [what, options] of [
    ['a weight names no lane', { weights: { sport: 1 } }],
    ['a bias names no label', { bias: { sport: 1 } }],
  ] as const)
    it(`errors the stream if ${what}: that is no document's fault, and no dead letter`, () => {
      const documents = of(balloted('a', { tech: 0.9 }), balloted('b', { tech: 0.9 }));
      const guarded = deadLetter<Document & Balloted>(() => expect.fail('a document was blamed'));
      const { values, error } = collect(documents.pipe(guarded, vote(options)));
      expect(values).to.deep.equal([]);
      expect(error).to.be.instanceOf(LockstepError).with.property('code', 'INVALID_ARGUMENT');
      expect(error).to.have.property('message').that.includes('sport');
    });

  describe('with `minConfidence`', () => {
    const documents = of(balloted('a', { tech: 0.9, finance: 0.2 }), balloted('b', { tech: 0.1, finance: 0.3 }));

    it('gives the docstring its marble: a verdict that is less sure keeps its label, and is uncertain', () => {
      const { values } = collect(documents.pipe(vote({ minConfidence: 0.9 })));
      expect(values.map(({ verdict }) => [verdict.label, verdict.uncertain])).to.deep.equal([
        ['tech', false],
        ['finance', true],
      ]);
      expect(values.map(({ verdict }) => Math.round(verdict.confidence * 100))).to.deep.equal([97, 79]);
    });

    it('calls nothing uncertain without', () => {
      for (const options of [undefined, {}, { minConfidence: undefined }, { minConfidence: 0 }]) {
        const { values } = collect(documents.pipe(vote(options)));
        expect(values.map(({ verdict }) => verdict.uncertain)).to.deep.equal([false, false]);
      }
    });

    it('sends documents two ways, each with its receipt, on the frame on which they came', () => {
      virtually(({ hot, expectDocuments, expectAcknowledged, expectSettled }) => {
        const labelled$ = hot('-a-b-(ab)-|').pipe(withOpinions, vote({ minConfidence: 0.9 }), share());
        const [uncertain$, sure$] = partition(labelled$, ({ verdict }) => verdict.uncertain);
        expectDocuments(sure$.pipe(acknowledge())).toBe('-a---a----|', { a: 'tech' });
        expectDocuments(uncertain$.pipe(acknowledge())).toBe('---b-b----|', { b: 'finance' });
        expectAcknowledged('abab');
        expectSettled();
      });
    });

    it('lets `filterDocuments` drop what is uncertain, acknowledged', () => {
      virtually(({ hot, expectDocuments, expectAcknowledged }) => {
        const sure = hot('-a-b--|').pipe(
          withOpinions,
          vote({ minConfidence: 0.9 }),
          filterDocuments(({ verdict }) => !verdict.uncertain),
        );
        expectDocuments(sure).toBe('-a----|', { a: 'tech' });
        expectAcknowledged('b');
      });
    });

    it('refuses what is no probability', () => {
      for (const wrong of [-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '0.5'])
        expect(() => Reflect.apply(vote, undefined, [{ minConfidence: wrong }]), String(wrong))
          .to.throw(LockstepError, 'minConfidence')
          .with.property('code', 'INVALID_ARGUMENT');
    });
  });

  describe('with a strategy', () => {
    const verdict = { label: 'mine', confidence: 0.4, margin: 0.1, uncertain: false, probabilities: {}, lanes: {} };

    it('takes its verdict as it is', () => {
      const { values } = collect(of(balloted('a', { tech: 0.9 })).pipe(vote(() => verdict)));
      expect(values[0]?.verdict).to.equal(verdict);
    });

    it('marks what is uncertain', () => {
      const { values } = collect(of(balloted('a', { tech: 0.9 })).pipe(vote(() => verdict, { minConfidence: 0.5 })));
      expect(values[0]?.verdict).to.include({ label: 'mine', confidence: 0.4, uncertain: true });
    });
  });

  it('makes a dead letter of a document without a ballot, or errors', () => {
    const document: Document & Balloted = JSON.parse('{ "text": "a", "ballot": { "scores": {} } }');
    expect(collect(of(document).pipe(vote())).error).to.include({
      code: 'INVALID_DOCUMENT',
      message: 'Expected a document with `ballot`, got Object',
    });
    const letters: DeadLetter[] = [];
    const guarded = deadLetter<Document & Balloted>((letter) => void letters.push(letter));
    const { values } = collect(of(document, balloted('b', { tech: 1 })).pipe(guarded, vote()));
    expect(values.map(textOf)).to.deep.equal(['b']);
    expect(letters.map(({ reason }) => reason.code)).to.deep.equal(['INVALID_DOCUMENT']);
  });

  it('votes on ballots of different lanes in one stream', () => {
    const documents = of(
      balloted('a', { tech: 0.9 }),
      balloted('b', { finance: 0.9, culture: 0.95 }),
      balloted('c', { tech: 0.1 }),
    );
    const labels = collect(documents.pipe(vote())).values.map(({ verdict }) => verdict.label);
    expect(labels).to.deep.equal(['tech', 'culture', 'tech']);
  });
});
