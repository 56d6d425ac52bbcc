import { PassThrough, Writable } from 'node:stream';
import { expect } from 'chai';
import { EMPTY, from, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import { deadLetter } from '../../operators/dead-letter.ts';
import { fromDocuments } from '../../operators/from-documents.ts';
import { toJsonLines } from '../../operators/to-json-lines.ts';
import type { DeadLetter, Document } from '../../src/document/document.ts';
import { withReceipt } from '../../src/document/receipt.ts';
import { LockstepError } from '../../src/errors.ts';

/** A stream whose writes stay open until they are answered. */
class SlowStream extends Writable {
  readonly writes: { readonly text: string; readonly answer: (error?: Error) => void }[] = [];

  override _write(chunk: Buffer, _encoding: string, answer: (error?: Error | null) => void): void {
    this.writes.push({ text: chunk.toString(), answer });
  }

  get written(): string[] {
    return this.writes.map(({ text }) => text);
  }
}

const format = ({ id }: Document) => ({ id });
const document = (id: number): Document => ({ text: 'x', id });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Documents that tell when they are acknowledged. */
function counted(ids: readonly number[], acknowledged: number[]): Document[] {
  return ids.map((id) => withReceipt(document(id), { onAcknowledge: () => acknowledged.push(id) }));
}

function watch<T>(source: Observable<T>) {
  const seen: { values: T[]; end: string | undefined; error: unknown } = {
    values: [],
    end: undefined,
    error: undefined,
  };
  const subscription = source.subscribe({
    next: (value) => seen.values.push(value),
    error: (error) => Object.assign(seen, { end: 'error', error }),
    complete: () => Object.assign(seen, { end: 'complete' }),
  });
  return Object.assign(seen, { subscription });
}

function codeError(code: string): Error {
  return Object.assign(new Error(`write ${code}`), { code });
}

describe('toJsonLines', () => {
  it('writes a line a document, those that come together at once', async () => {
    const out = new SlowStream();
    watch(from([document(1), document(2)]).pipe(toJsonLines(out, { format })));
    await turn();
    expect(out.written).to.deep.equal(['{"id":1}\n{"id":2}\n']);
  });

  it('emits and acknowledges when the stream has taken the line, not before', async () => {
    const out = new SlowStream();
    const acknowledged: number[] = [];
    const seen = watch(from(counted([1, 2], acknowledged)).pipe(toJsonLines(out, { format })));
    await turn();
    expect(seen.values).to.deep.equal([]);
    expect(acknowledged).to.deep.equal([]);
    out.writes[0]?.answer();
    await turn();
    expect(seen.values.map(({ id }) => id)).to.deep.equal([1, 2]);
    expect(acknowledged).to.deep.equal([1, 2]);
    expect(seen.end).to.equal('complete');
  });

  it('writes what came during a write with the next, and completes after the last', async () => {
    const out = new SlowStream();
    const source = new Subject<Document>();
    const seen = watch(source.pipe(toJsonLines(out, { format })));
    source.next(document(1));
    await turn();
    source.next(document(2));
    source.next(document(3));
    source.complete();
    await turn();
    expect(out.written).to.deep.equal(['{"id":1}\n']);
    out.writes[0]?.answer();
    await turn();
    expect(out.written).to.deep.equal(['{"id":1}\n', '{"id":2}\n{"id":3}\n']);
    expect(seen.end).to.equal(undefined);
    out.writes[1]?.answer();
    await turn();
    expect(seen.end).to.equal('complete');
  });

  it('holds the source back while the stream is slow', async () => {
    const out = new SlowStream();
    let asked = 0;
    function* documents(): Generator<Document> {
      for (;;) yield document(asked++);
    }
    const seen = watch(fromDocuments(documents(), { maxInFlight: 3 }).pipe(toJsonLines(out, { format })));
    await turn();
    expect(asked).to.equal(3);
    out.writes[0]?.answer();
    await turn();
    expect(asked).to.equal(6);
    seen.subscription.unsubscribe();
  });

  it('completes at once for an empty source, and never for one that never does', async () => {
    const out = new SlowStream();
    expect(watch(EMPTY.pipe(toJsonLines<Document>(out, { format }))).end).to.equal('complete');
    const { subscription } = watch(NEVER.pipe(toJsonLines<Document>(out, { format })));
    await turn();
    expect(subscription.closed).to.equal(false);
    subscription.unsubscribe();
    expect(out.writes).to.deep.equal([]);
    expect(out.writableEnded).to.equal(false);
  });

  it('passes an error of the source on', () => {
    const failure = new Error('no more');
    const seen = watch(throwError(() => failure).pipe(toJsonLines<Document>(new SlowStream(), { format })));
    expect(seen.error).to.equal(failure);
  });

  it('ends quietly when whoever reads has left, and leaves the source and what was not written', async () => {
    for (const code of ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']) {
      const out = new SlowStream();
      const acknowledged: number[] = [];
      const source = new Subject<Document>();
      const seen = watch(source.pipe(toJsonLines(out, { format })));
      for (const one of counted([1, 2], acknowledged)) source.next(one);
      await turn();
      out.writes[0]?.answer(codeError(code));
      await turn();
      expect(seen).to.include({ end: 'complete' });
      expect(acknowledged).to.deep.equal([]);
      expect(source.observed).to.equal(false);
    }
  });

  it('errors with the cause when the stream fails', async () => {
    const out = new SlowStream();
    const cause = codeError('ENOSPC');
    const seen = watch(of(document(1)).pipe(toJsonLines(out, { format })));
    await turn();
    out.writes[0]?.answer(cause);
    await turn();
    expect(seen.error).to.be.instanceOf(LockstepError).and.include({ code: 'SINK_FAILED', cause });
  });

  it('tells a stream that failed earlier from one whose reader left', async () => {
    const out = new SlowStream();
    out.on('error', () => {});
    const cause = codeError('ENOENT');
    out.destroy(cause);
    await turn();
    const seen = watch(of(document(1)).pipe(toJsonLines(out, { format })));
    await turn();
    expect(seen.error).to.include({ code: 'SINK_FAILED', cause });
  });

  it('writes no more once the subscriber has left, and leaves no listener', async () => {
    const out = new SlowStream();
    const source = new Subject<Document>();
    const acknowledged: number[] = [];
    const listeners = out.listenerCount('error');
    const seen = watch(source.pipe(toJsonLines(out, { format })));
    for (const one of counted([1], acknowledged)) source.next(one);
    await turn();
    source.next(document(2));
    seen.subscription.unsubscribe();
    expect(source.observed).to.equal(false);
    out.writes[0]?.answer();
    await turn();
    expect(out.written).to.deep.equal(['{"id":1}\n']);
    expect(acknowledged).to.deep.equal([]);
    expect(out.listenerCount('error')).to.equal(listeners);
  });

  it('acknowledges under `take` only what was let through', async () => {
    const out = new PassThrough();
    const acknowledged: number[] = [];
    const seen = watch(from(counted([1, 2, 3], acknowledged)).pipe(toJsonLines(out, { format }), take(2)));
    await turn();
    expect(seen).to.include({ end: 'complete' });
    expect(acknowledged).to.deep.equal([1, 2]);
    expect(out.listenerCount('error')).to.equal(0);
  });

  it('makes a dead letter of a document that cannot be written, and writes the others', async () => {
    const out = new PassThrough();
    const letters: DeadLetter[] = [];
    const picky = ({ id }: Document): unknown => {
      if (id === 1) throw new Error('not this one');
      return id === 2 ? undefined : { id };
    };
    const seen = watch(
      from([1, 2, 3].map(document)).pipe(
        deadLetter((letter) => {
          letters.push(letter);
        }),
        toJsonLines(out, { format: picky }),
      ),
    );
    await turn();
    expect(out.read().toString()).to.equal('{"id":3}\n');
    expect(seen.end).to.equal('complete');
    expect(letters.map(({ document: { id }, reason }) => [id, reason.code])).to.deep.equal([
      [1, 'STAGE_FAILED'],
      [2, 'STAGE_FAILED'],
    ]);
  });

  it('errors for such a document if nobody takes dead letters', () => {
    const seen = watch(of(document(1)).pipe(toJsonLines(new PassThrough(), { format: () => undefined })));
    expect(seen.error).to.be.instanceOf(LockstepError).and.include({ code: 'STAGE_FAILED' });
  });

  it('writes the verdict by default, to four decimals', async () => {
    const out = new PassThrough();
    const lanes = { cnn: { label: 'tech', score: 0.876_543, share: 2 }, lstm: null };
    const verdict = {
      label: 'tech',
      confidence: 0.912_345,
      margin: 0.8,
      uncertain: false,
      probabilities: { tech: 0.912_345, finance: 0.087_655 },
      lanes,
    };
    const uncertain = { ...verdict, uncertain: true };
    watch(
      of({ text: 'a', id: 'x', verdict }, { text: 'b', verdict }, { text: 'c', verdict: uncertain }).pipe(
        toJsonLines(out),
      ),
    );
    await turn();
    const said = '"label":"tech","confidence":0.9123';
    const rest = '"lanes":{"cnn":{"label":"tech","score":0.8765},"lstm":null}}\n';
    expect(out.read().toString()).to.equal(
      `{"id":"x",${said},${rest}{${said},${rest}{${said},"uncertain":true,${rest}`,
    );
  });

  it('refuses what is no stream, and a format that is no function', () => {
    for (const out of [undefined, null, {}, 'file'])
      expect(() => Reflect.apply(toJsonLines, undefined, [out]))
        .to.throw(LockstepError, 'writable')
        .with.property('code', 'INVALID_ARGUMENT');
    expect(() => Reflect.apply(toJsonLines, undefined, [new PassThrough(), { format: 'csv' }])).to.throw(
      LockstepError,
      'format',
    );
  });
});
