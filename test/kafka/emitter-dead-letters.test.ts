import { expect } from 'chai';
import { of, throwError } from 'rxjs';
import type { DeadLetter } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import { type Emitted, FakeSource } from './fake-source.ts';

const REASON = new LockstepError('STAGE_FAILED', 'a stage failed');
const reject = ({ receipt, document }: Emitted): void => receipt.reject?.({ document, reason: REASON });

describe('a record that cannot be decoded', () => {
  const undecodable = (source: FakeSource): FakeSource => {
    source.produce(1);
    source.broker.log(0).append(Buffer.from([0xc3, 0x28]));
    return source.produce(1);
  };

  it('errors the source if nobody takes it, and is not committed', async () => {
    const source = undecodable(new FakeSource()).subscribe();
    await source.time.pass(100);
    expect(source.error).to.be.instanceOf(LockstepError);
    expect(source.error).to.include({
      code: 'INVALID_DATA',
      message: 'Cannot use record documents/0/1: it is not UTF-8',
    });
    expect(source.texts).to.deep.equal(['0/0']);
    source.acknowledge();
    await source.time.pass(2000);
    expect(source.broker.commits).to.deep.equal([]);
    source.expectGone();
  });

  it('is a dead letter if somebody takes it, with its record', async () => {
    const letters: DeadLetter[] = [];
    const source = undecodable(new FakeSource({ source: { deadLetters: (letter) => void letters.push(letter) } }));
    source.subscribe();
    await source.time.pass(100);
    source.acknowledge();
    await source.time.pass(2000);
    expect(source.texts).to.deep.equal(['0/0', '0/2']);
    expect(letters.length).to.equal(1);
    expect(letters[0]?.reason).to.include({ code: 'INVALID_DATA' });
    expect(letters[0]?.document).to.include({ id: 'documents/0/1', text: '�(' });
    expect(letters[0]?.document).to.have.nested.property('kafka.offset', '1');
    expect(source.broker.committed.get(0)).to.equal(3);
  });

  for (const [what, decoded] of [
    ['undefined', undefined],
    ['a number', 7],
    ['a string', 'text'],
    ['an object without text', { id: 1 }],
    ['text that is no text', { text: 7 }],
    ['a promise', Promise.resolve({ text: 'later' })],
  ] as const)
    it(`is one whose decoder gives ${what}`, async () => {
      const letters: DeadLetter[] = [];
      const source = new FakeSource({
        source: {
          // @ts-expect-error: a decoder written in JavaScript
          decode: () => decoded,
          deadLetters: (letter) => void letters.push(letter),
        },
      });
      source.produce(1).subscribe();
      await source.time.pass(100);
      expect(letters[0]?.reason.message).to.include('expected `decode` to give a document or null, got ');
    });

  for (const [what, thrown] of [
    ['an error', new TypeError('no')],
    ['nothing at all', undefined],
    ['a text', 'no'],
  ] as const)
    it(`is one whose decoder throws ${what}`, async () => {
      const letters: DeadLetter[] = [];
      const decode = () => {
        throw thrown;
      };
      const source = new FakeSource({ source: { decode, deadLetters: (letter) => void letters.push(letter) } });
      source.produce(1).subscribe();
      await source.time.pass(1200);
      expect(letters[0]?.reason).to.include({ code: 'INVALID_DATA', cause: thrown });
      expect(source.broker.committed.get(0)).to.equal(1);
    });

  it('is one whose document cannot be read', async () => {
    const letters: DeadLetter[] = [];
    let reads = 0;
    const decode = () => ({
      id: '',
      get text(): string {
        if (reads++ > 0) throw new Error('once only');
        return 'text';
      },
    });
    const source = new FakeSource({ source: { decode, deadLetters: (letter) => void letters.push(letter) } });
    source.produce(1).subscribe();
    await source.time.pass(100);
    expect(letters[0]?.reason.message).to.include('once only');
  });

  it('is passed over and committed if its decoder gives null', async () => {
    const source = new FakeSource();
    source.broker.log(0).append(null);
    source.produce(1).subscribe();
    await source.time.pass(100);
    source.acknowledge();
    await source.time.pass(1000);
    expect(source.texts).to.deep.equal(['0/1']);
    expect(source.broker.committed.get(0)).to.equal(2);
  });
});

describe('a dead letter', () => {
  const withLetters = (deadLetters: (letter: DeadLetter) => unknown): FakeSource =>
    // @ts-expect-error: a handler written in JavaScript gives anything
    new FakeSource({ source: { maxInFlight: 1, deadLetters } }).produce(2).subscribe();

  it('has no receipt to be rejected with if nobody takes it', async () => {
    const source = new FakeSource().produce(1).subscribe();
    await source.time.pass(100);
    expect(source.emitted[0]?.receipt.reject).to.equal(undefined);
  });

  it('is finished when it is written, and holds its place and the commits until then', async () => {
    let written = (): void => {};
    const source = withLetters(() => new Promise<void>((resolve) => (written = resolve)));
    await source.time.pass(100);
    for (const each of source.emitted) reject(each);
    await source.time.pass(5000);
    expect(source.texts).to.deep.equal(['0/0']);
    expect(source.broker.commits).to.deep.equal([]);
    written();
    await source.time.pass(2000);
    expect(source.texts).to.deep.equal(['0/0', '0/1']);
    expect(source.broker.committed.get(0)).to.equal(1);
  });

  for (const [what, answer] of [
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['an Observable that completes', of(1, 2, 3)],
  ] as const)
    it(`is finished at once if the handler gives ${what}`, async () => {
      const source = withLetters(() => answer);
      await source.time.pass(100);
      for (const each of source.emitted) reject(each);
      await source.time.pass(2000);
      expect(source.broker.committed.get(0)).to.equal(1);
      expect(source.error).to.equal(undefined);
    });

  const error = new Error('cannot be written');
  for (const [what, handler] of [
    [
      'throws',
      () => {
        throw error;
      },
    ],
    ['rejects', () => Promise.reject(error)],
    ['gives an Observable that errors', () => throwError(() => error)],
    [
      'gives a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then: () => {
          throw error;
        },
      }),
    ],
  ] as const)
    it(`errors the source if the handler ${what}, and is not committed`, async () => {
      const source = withLetters(handler);
      await source.time.pass(100);
      for (const each of source.emitted) reject(each);
      await source.time.pass(2000);
      expect(source.error).to.equal(error);
      expect(source.broker.commits).to.deep.equal([]);
      source.expectGone();
    });

  it('errors the source if the handler gives what nobody can wait for', async () => {
    const source = withLetters(() => ({}));
    await source.time.pass(100);
    for (const each of source.emitted) reject(each);
    await source.time.pass(100);
    expect(source.error).to.be.instanceOf(TypeError);
  });

  it('is not written for a partition that is not ours any more: it comes again', async () => {
    const letters: DeadLetter[] = [];
    const source = withLetters((letter) => void letters.push(letter));
    await source.time.pass(100);
    source.broker.rebalance();
    await source.time.pass(5000);
    const [first] = source.emitted;
    if (first) reject(first);
    await source.time.pass(2000);
    expect(letters).to.deep.equal([]);
    expect(source.texts).to.deep.equal(['0/0', '0/0']);
    expect(source.broker.commits).to.deep.equal([]);
  });

  it('that is written after a rebalance frees its place and commits nothing', async () => {
    let written = (): void => {};
    const source = withLetters(() => new Promise<void>((resolve) => (written = resolve)));
    await source.time.pass(100);
    for (const each of source.emitted) reject(each);
    source.broker.rebalance([0]);
    await source.time.pass(5000);
    written();
    await source.time.pass(2000);
    expect(source.broker.commits).to.deep.equal([]);
    expect(source.eventsOf('progress').at(-1)?.inFlight).to.equal(0);
  });
});
