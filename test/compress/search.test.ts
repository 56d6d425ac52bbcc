import { expect } from 'chai';
import fc from 'fast-check';
import { type Candidate, frontierOf } from '../../src/compress/search.ts';

const candidates = fc.array(
  fc
    .record({ bytes: fc.nat(20), logLoss: fc.nat(20) })
    .map(({ bytes, logLoss }): Candidate => ({ variants: [], bytes, logLoss, temperature: 1, accuracy: 0 })),
);
const beats = (a: Candidate, b: Candidate) => a.bytes <= b.bytes && a.logLoss <= b.logLoss;

describe('frontierOf', () => {
  it('keeps what nothing beats, the smallest first, and drops only what something kept beats', () => {
    fc.assert(
      fc.property(candidates, (given) => {
        const kept = frontierOf(given);
        for (const [i, candidate] of kept.entries())
          for (const other of kept.slice(i + 1)) {
            expect(other.bytes).to.be.above(candidate.bytes);
            expect(other.logLoss).to.be.below(candidate.logLoss);
          }
        for (const candidate of given) expect(kept.some((one) => beats(one, candidate))).to.equal(true);
      }),
    );
  });
});
