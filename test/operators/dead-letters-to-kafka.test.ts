import { expect } from 'chai';
import { from, lastValueFrom, map } from 'rxjs';
import { deadLetter } from '../../operators/dead-letter.ts';
import { deadLettersToKafka } from '../../operators/dead-letters-to-kafka.ts';
import { filterDocuments } from '../../operators/filter-documents.ts';
import { fromDocuments } from '../../operators/from-documents.ts';
import type { DeadLetter, Document } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import type { KafkaRecordToSend } from '../../src/kafka/client.ts';
import { FakeError } from '../kafka/fake-broker.ts';
import { FakeProducer, type FakeRequest } from '../kafka/fake-producer.ts';
import { type FakeDocument, fakeRecord } from '../kafka/fake-record.ts';
import { FakeTime, turn } from '../kafka/fake-time.ts';

const reason = new LockstepError('STAGE_FAILED', 'cannot be labelled');
const topic = 'dead-letters';

function letterOf(document: FakeDocument): DeadLetter {
  return { document, reason };
}

const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );

/** Refuses records that are larger than a broker takes. */
const strict =
  (maxBytes: number) =>
  ({ records, confirm, refuse }: FakeRequest): void => {
    if (records.some((record) => sizeOf(record) > maxBytes)) refuse(new FakeError('MESSAGE_TOO_LARGE'));
    else confirm();
  };

function sizeOf({ key, value, headers = {} }: KafkaRecordToSend): number {
  return [key, value, ...Object.entries(headers).flat(2)].reduce((sum, part) => sum + String(part ?? '').length, 0);
}

describe('deadLettersToKafka', () => {
  it('resolves when the broker has confirmed the letter, and not before', async () => {
    const producer = new FakeProducer({ answer: 'hold' });
    const handle = deadLettersToKafka(producer, { topic, headers: ({ document: { id } }) => ({ id: String(id) }) });
    expect(producer.calls).to.deep.equal([]);
    let resolved = 0;
    const all = [1, 2].map((id) => handle(letterOf({ text: '', id })).then(() => resolved++));
    await turn();
    expect(producer.requests.map(({ batch }) => batch.topicMessages)).to.have.deep.nested.property(
      '[0][0].topic',
      topic,
    );
    expect(producer.requests[0]?.records.map(({ headers }) => headers?.id)).to.deep.equal(['1', '2']);
    expect(resolved).to.equal(0);
    producer.requests[0]?.confirm();
    await Promise.all(all);
    await handle.close();
    expect(producer.calls).to.deep.equal(['connect', 'send', 'disconnect']);
  });

  it('takes dead letters of a chain, and the document is acknowledged after it', async () => {
    const producer = new FakeProducer();
    const handle = deadLettersToKafka(producer, { topic });
    const picky = ({ text }: Document): boolean => {
      if (text === 'bad') throw new Error('cannot be labelled');
      return true;
    };
    const texts = ['good', 'bad', 'good', 'bad', 'good'].map((text) => ({ text }));
    await lastValueFrom(
      fromDocuments(texts).pipe(
        deadLetter(handle),
        filterDocuments(picky),
        map(({ text }) => text),
      ),
    );
    await handle.close();
    expect(producer.sent.flat()).to.deep.equal(['{"text":"bad"}', '{"text":"bad"}']);
  });

  it('leaves out what is largest, part by part, until the broker takes the letter', async () => {
    const producer = new FakeProducer({ answer: strict(600) });
    const handle = deadLettersToKafka(producer, { topic });
    const large = Buffer.alloc(700, 'x');
    const bomb = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`header-${i}`, 'x']));
    for (const fields of [{ value: large }, { headers: bomb }, { key: large, value: large, headers: bomb }])
      await handle(letterOf({ text: '', kafka: fakeRecord(fields) }));
    await handle.close();
    const omitted = producer.requests.map(({ records: [record] }) =>
      Object.keys(record?.headers ?? {})
        .filter((name) => name.endsWith('-omitted'))
        .map((name) => name.slice('lockstep-'.length, -'-omitted'.length)),
    );
    expect(omitted).to.deep.equal([
      [],
      ['value'],
      [],
      ['headers'],
      [],
      ['headers'],
      ['key', 'headers'],
      ['key', 'value', 'headers'],
    ]);
  });

  it('rejects if the letter is refused with nothing left to leave out', async () => {
    const producer = new FakeProducer({ answer: strict(10) });
    const handle = deadLettersToKafka(producer, { topic });
    const error = await settled(handle(letterOf({ text: '', id: 1 })));
    expect(error).to.be.instanceOf(LockstepError).with.property('code', 'SINK_FAILED');
    expect(error).to.have.property('message', 'Cannot send a dead letter to dead-letters: MESSAGE_TOO_LARGE');
    await handle.close();
  });

  it('rejects with the cause if the cluster refuses us', async () => {
    const cause = new FakeError('TOPIC_AUTHORIZATION_FAILED');
    const handle = deadLettersToKafka(new FakeProducer({ answer: ({ refuse }) => refuse(cause) }), { topic });
    expect(await settled(handle(letterOf({ text: '' })))).to.include({ code: 'SINK_FAILED', cause });
    await handle.close();
  });

  it('rejects if the headers cannot be made', async () => {
    const broken = new Error('no headers');
    const handle = deadLettersToKafka(new FakeProducer(), {
      topic,
      headers: () => {
        throw broken;
      },
    });
    expect(await settled(handle(letterOf({ text: '' })))).to.include({ code: 'STAGE_FAILED', cause: broken });
  });

  it('waits for a broker that is away', async () => {
    const time = new FakeTime();
    let down = 2;
    const producer = new FakeProducer({
      answer: ({ confirm, refuse }) => (down-- > 0 ? refuse(new FakeError('BROKER_NOT_AVAILABLE')) : confirm()),
    });
    const events: string[] = [];
    const handle = deadLettersToKafka(producer, { topic, scheduler: time, observe: ({ type }) => events.push(type) });
    const handled = handle(letterOf({ text: '' }));
    await time.pass(300);
    await handled;
    expect(events).to.deep.equal(['send-failed', 'send-failed', 'send']);
    await handle.close();
  });

  it('sends what still waits when it is closed, but not for ever', async () => {
    const producer = new FakeProducer();
    const handle = deadLettersToKafka(producer, { topic });
    const handled = handle(letterOf({ text: '' }));
    await handle.close();
    await handled;
    expect(producer.calls).to.deep.equal(['connect', 'send', 'disconnect']);
    const down = new FakeProducer({ answer: ({ refuse }) => refuse(new FakeError('BROKER_NOT_AVAILABLE')) });
    const waiting = deadLettersToKafka(down, { topic });
    void waiting(letterOf({ text: '' }));
    await waiting.close();
    expect(down.calls).to.deep.equal(['connect', 'send', 'disconnect']);
  });

  it('may be closed before it was used, twice, and be used again', async () => {
    const producer = new FakeProducer();
    const handle = deadLettersToKafka(producer, { topic });
    await handle.close();
    await handle.close();
    expect(producer.calls).to.deep.equal([]);
    for (let i = 0; i < 2; i++) {
      await handle(letterOf({ text: '' }));
      await handle.close();
    }
    expect(producer.calls).to.deep.equal(['connect', 'send', 'disconnect', 'connect', 'send', 'disconnect']);
  });

  it('lets go of a letter whose document has come again elsewhere', async () => {
    let closed = 0;
    const openOutlet = () => ({
      send: ({ superseded }: { readonly superseded: () => void }) => superseded(),
      close: async () => void closed++,
    });
    const handle = deadLettersToKafka({ openOutlet }, { topic });
    await handle(letterOf({ text: '' }));
    await handle.close();
    expect(closed).to.equal(1);
  });

  it('refuses what is not what it should be', () => {
    const producer = new FakeProducer();
    for (const [target, given, name] of [
      [undefined, { topic }, 'target'],
      [{}, { topic }, 'target'],
      [producer, undefined, 'options'],
      [producer, {}, 'topic'],
      [producer, { topic: '' }, 'topic'],
      [producer, { topic: () => topic }, 'topic'],
      [producer, { topic, headers: {} }, 'headers'],
      [producer, { topic, observe: 'me' }, 'observe'],
      [producer, { topic, acks: 3 }, 'acks'],
      [producer, { topic, compression: 0.5 }, 'compression'],
    ] as const)
      expect(() => Reflect.apply(deadLettersToKafka, undefined, [target, given]), name)
        .to.throw(LockstepError, `\`${name}\``)
        .with.property('code', 'INVALID_ARGUMENT');
  });

  it('is typed as what fromKafka and deadLetter take', async () => {
    const handle = deadLettersToKafka(new FakeProducer(), { topic });
    const seen: string[] = [];
    await from([{ text: 'a' }])
      .pipe(deadLetter(handle))
      .forEach(({ text }) => void seen.push(text));
    expect(seen).to.deep.equal(['a']);
  });
});
