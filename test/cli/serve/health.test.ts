import { expect } from 'chai';
import { Health } from '../../../cli/serve/health.ts';
import type { KafkaEvent } from '../../../src/kafka/events.ts';

const MAX_SILENCE = 60_000;
const ASSIGN: KafkaEvent = { type: 'assign', groupId: 'g', epoch: 1, partitions: [], revoked: [] };
const CRASH: KafkaEvent = { type: 'crash', error: new Error('no leader'), retryIn: 1000 };
const SILENCE: KafkaEvent = { type: 'silence', milliseconds: 61_400 };
const COMMIT: KafkaEvent = { type: 'commit', offsets: [], milliseconds: 1 };

function healthAt(time: { now: number }, ...events: readonly KafkaEvent[]): Health {
  const health = new Health({ maxSilence: MAX_SILENCE, now: () => time.now });
  health.loaded();
  for (const event of events) health.record(event);
  return health;
}

describe('Health', () => {
  it('is live from the beginning, and ready when the model is loaded and the group joined', () => {
    const health = new Health({ maxSilence: MAX_SILENCE });
    expect(health.live).to.deep.equal({ ok: true, reasons: [] });
    expect(health.ready.reasons).to.deep.equal(['the model is not loaded yet', 'the group is not joined yet']);
    health.record(ASSIGN);
    expect(health.ready.reasons).to.deep.equal(['the model is not loaded yet']);
    health.loaded();
    expect(health.ready).to.deep.equal({ ok: true, reasons: [] });
  });

  it('is not ready from a crash to the next joining, but live', () => {
    const health = healthAt({ now: 0 }, ASSIGN, CRASH);
    expect(health.ready).to.deep.equal({ ok: false, reasons: ['the consumer ended: no leader'] });
    expect(health.live.ok).to.equal(true);
    health.record(ASSIGN);
    expect(health.ready.ok).to.equal(true);
  });

  it('is neither while nothing is heard from the cluster', () => {
    const health = healthAt({ now: 0 }, ASSIGN, SILENCE);
    const expected = { ok: false, reasons: ['nothing was heard from the cluster for 61 s'] };
    expect([health.live, health.ready]).to.deep.equal([expected, expected]);
  });

  it('is live again when something is heard, or silence is told of no more', () => {
    for (const event of [ASSIGN, COMMIT]) expect(healthAt({ now: 0 }, ASSIGN, SILENCE, event).live.ok).to.equal(true);
    const time = { now: 0 };
    const health = healthAt(time, ASSIGN, SILENCE);
    time.now = MAX_SILENCE + 1000;
    expect(health.live.ok).to.equal(false);
    time.now = 2 * MAX_SILENCE;
    expect(health.live.ok).to.equal(true);
  });

  it('stays live when a cluster that it waits for is silent: to be started anew would not help', () => {
    expect(healthAt({ now: 0 }, SILENCE).live.ok).to.equal(true);
    expect(healthAt({ now: 0 }, ASSIGN, CRASH, SILENCE).live.ok).to.equal(true);
  });

  it('is not ready, but live, while it drains', () => {
    for (const drain of [
      (health: Health) => health.draining(),
      (health: Health) => health.record({ type: 'drain', inFlight: 3 }),
    ]) {
      const health = healthAt({ now: 0 }, ASSIGN);
      drain(health);
      expect(health.ready).to.deep.equal({ ok: false, reasons: ['it was asked to stop'] });
      expect(health.live.ok).to.equal(true);
    }
  });

  it('is neither when the pipeline has failed', () => {
    const health = healthAt({ now: 0 }, ASSIGN);
    health.failed(new Error(''));
    health.failed('disk full');
    expect([health.live.reasons, health.ready.ok]).to.deep.equal([['the pipeline has failed: disk full'], false]);
  });
});
