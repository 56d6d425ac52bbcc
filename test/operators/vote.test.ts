import { expect } from 'chai';
import { of } from 'rxjs';
import { type Balloted, type DeadLetter, deadLetter, vote } from '../../operators/index.ts';
import type { Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { weightedVote } from '../../src/integrate/weighted-vote.ts';
import { ballotOf } from '../../src/testing/index.ts';
import { collect } from '../support/collect.ts';
import { behavesLikeAnOperator, textOf } from './family.ts';

const balloted = (text: string, opinions: Parameters<typeof ballotOf>[0]) => ({ text, ballot: ballotOf(opinions) });

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
