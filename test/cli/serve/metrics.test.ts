import { expect } from 'chai';
import { Metrics } from '../../../cli/serve/metrics.ts';
import { LockstepError } from '../../../src/errors.ts';
import type { KafkaPartitionProgress } from '../../../src/kafka/events.ts';

const place = { topic: 'documents', partition: 2 };
const error = Object.assign(new Error('x'), { type: 'LEADER_NOT_AVAILABLE' });

function metrics({ ofProcess = false, missed = 0 } = {}): Metrics {
  return new Metrics({ group: 'g', clock: { missed }, ofProcess });
}

/** The samples of metrics whose name begins so, without their buckets. */
async function samples(of: Metrics, start: string): Promise<string[]> {
  const { text } = await of.text();
  return text.split('\n').filter((line) => line.startsWith(start) && !line.includes('_bucket'));
}

function progress(fields: Partial<KafkaPartitionProgress>): KafkaPartitionProgress {
  return {
    ...place,
    position: 10,
    committed: undefined,
    highWatermark: undefined,
    inFlight: 0,
    oldest: undefined,
    ...fields,
  };
}

describe('the metrics of serve', () => {
  it('are in the format of Prometheus, each with help, and all by OpenTelemetry’s names or ours', async () => {
    const { contentType, text } = await metrics().text();
    expect(contentType).to.equal('text/plain; version=0.0.4; charset=utf-8');
    const names = text.match(/(?<=^# TYPE )\S+/gm) ?? [];
    expect(text.match(/(?<=^# HELP )\S+(?= \S)/gm)).to.deep.equal(names);
    expect(names).to.include.members([
      'messaging_client_consumed_messages_total',
      'messaging_client_sent_messages_total',
      'messaging_client_operation_duration_seconds',
      'messaging_process_duration_seconds',
    ]);
    for (const name of names) expect(name).to.match(/^(messaging|lockstep)_[a-z_]+$/);
    for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
      expect(name?.endsWith('_total'), name).to.equal(type === 'counter');
  });

  it('count records in, verdicts by label, dead letters by code', async () => {
    const all = metrics();
    for (let i = 0; i < 3; i++) all.consumed('documents');
    all.consumed('more');
    const now = Date.now();
    for (const [label, age] of [
      ['tech', 20],
      ['tech', -50], // a producer whose clock is ahead
      ['sports', 90_000],
    ] as const)
      all.confirmed({ verdict: { label }, kafka: { topic: 'documents', timestamp: now - age } });
    all.deadLetter({ document: { text: 'x' }, reason: new LockstepError('INVALID_DATA', 'x') });
    const labels = 'messaging_system="kafka",messaging_operation_name="poll"';
    expect(await samples(all, 'messaging_client_consumed')).to.deep.equal([
      `messaging_client_consumed_messages_total{${labels},messaging_destination_name="documents",messaging_consumer_group_name="g"} 3`,
      `messaging_client_consumed_messages_total{${labels},messaging_destination_name="more",messaging_consumer_group_name="g"} 1`,
    ]);
    expect(await samples(all, 'lockstep_documents')).to.deep.equal([
      'lockstep_documents_total{label="tech"} 2',
      'lockstep_documents_total{label="sports"} 1',
    ]);
    expect(await samples(all, 'lockstep_dead_letters')).to.deep.equal([
      'lockstep_dead_letters_total{code="INVALID_DATA"} 1',
    ]);
    const { text } = await all.text();
    expect(text).to.include('lockstep_latency_seconds_bucket{le="60"} 2\n');
    expect(text).to.include('lockstep_latency_seconds_bucket{le="300"} 3\n');
  });

  it('count what happens between us and the cluster', async () => {
    const all = metrics();
    for (const event of [
      { type: 'assign', groupId: 'g', epoch: 1, partitions: [place], revoked: [] },
      { type: 'commit', offsets: [{ ...place, offset: 3 }], milliseconds: 20 },
      { type: 'commit', offsets: [{ ...place, offset: 4 }], milliseconds: 40 },
      { type: 'commit-failed', error, superseded: false },
      { type: 'commit-failed', error, superseded: true },
      { type: 'send', topic: 'verdicts', records: 64, milliseconds: 2 },
      { type: 'send', topic: 'dead', records: 1, milliseconds: 3 },
      { type: 'send-failed', topic: 'verdicts', error, attempt: 1, retryIn: 5 },
      { type: 'transaction', ...place, records: 10, offset: 3, milliseconds: 25 },
      { type: 'transaction-failed', ...place, error, fenced: true },
      { type: 'transaction-failed', ...place, error, fenced: false },
      { type: 'crash', error, retryIn: 5 },
      { type: 'silence', milliseconds: 60_000 },
      { type: 'overdue', ...place, offset: 7, age: 60_000 },
      { type: 'drain', inFlight: 3 },
      { type: 'stop', unsettled: 0 },
    ] as const)
      all.recordKafka(event);
    const system = 'messaging_system="kafka"';
    expect(await samples(all, 'messaging_client_sent')).to.deep.equal([
      `messaging_client_sent_messages_total{${system},messaging_operation_name="send",messaging_destination_name="verdicts"} 64`,
      `messaging_client_sent_messages_total{${system},messaging_operation_name="send",messaging_destination_name="dead"} 1`,
      `messaging_client_sent_messages_total{${system},messaging_operation_name="send"} 10`,
    ]);
    expect(await samples(all, 'messaging_client_operation_duration_seconds_count')).to.deep.equal(
      ['commit"} 2', 'send"} 2', 'transaction"} 1'].map(
        (end) => `messaging_client_operation_duration_seconds_count{${system},messaging_operation_name="${end}`,
      ),
    );
    const [commits] = await samples(all, 'messaging_client_operation_duration_seconds_sum');
    expect(commits).to.match(/"commit"\} 0\.06$/);
    for (const name of ['commits', 'transactions', 'send_failures', 'crashes', 'rebalances', 'silences', 'overdue'])
      expect((await samples(all, `lockstep_${name}`)).join(' '), name).to.equal(
        {
          commits:
            'lockstep_commits_total{outcome="done"} 2 lockstep_commits_total{outcome="failed"} 1 lockstep_commits_total{outcome="superseded"} 1',
          transactions:
            'lockstep_transactions_total{outcome="done"} 1 lockstep_transactions_total{outcome="fenced"} 1 lockstep_transactions_total{outcome="failed"} 1',
          send_failures: 'lockstep_send_failures_total{topic="verdicts",error_type="LEADER_NOT_AVAILABLE"} 1',
          crashes: 'lockstep_crashes_total{error_type="LEADER_NOT_AVAILABLE"} 1',
          rebalances: 'lockstep_rebalances_total 1',
          silences: 'lockstep_silences_total 1',
          overdue: 'lockstep_overdue_documents_total 1',
        }[name],
      );
  });

  it('show how far the partitions are that we have, and no others', async () => {
    const all = metrics();
    all.recordKafka({
      type: 'progress',
      inFlight: 5,
      partitions: [
        progress({ committed: 7, highWatermark: 30, inFlight: 3, oldest: { offset: 7, age: 1500 } }),
        progress({ partition: 3, highWatermark: 12 }),
        progress({ partition: 4 }),
      ],
    });
    expect(await samples(all, 'lockstep_in_flight')).to.deep.equal(['lockstep_in_flight 5']);
    expect(await samples(all, 'lockstep_partition_')).to.deep.equal([
      'lockstep_partition_lag{topic="documents",partition="2"} 23',
      'lockstep_partition_lag{topic="documents",partition="3"} 2',
      ...[2, 3, 4].map((each) => `lockstep_partition_position{topic="documents",partition="${each}"} 10`),
      'lockstep_partition_committed_offset{topic="documents",partition="2"} 7',
      'lockstep_partition_in_flight{topic="documents",partition="2"} 3',
      'lockstep_partition_in_flight{topic="documents",partition="3"} 0',
      'lockstep_partition_in_flight{topic="documents",partition="4"} 0',
      'lockstep_partition_oldest_age_seconds{topic="documents",partition="2"} 1.5',
      'lockstep_partition_oldest_age_seconds{topic="documents",partition="3"} 0',
      'lockstep_partition_oldest_age_seconds{topic="documents",partition="4"} 0',
    ]);
    all.recordKafka({ type: 'progress', inFlight: 0, partitions: [progress({ partition: 3 })] });
    expect(await samples(all, 'lockstep_partition_position')).to.have.length(1);
    const partitions = [3, 5].map((partition) => ({ topic: 'documents', partition }));
    all.recordKafka({ type: 'assign', groupId: 'g', epoch: 2, partitions, revoked: [] });
    expect(await samples(all, 'lockstep_assigned')).to.deep.equal(['lockstep_assigned_partitions 2']);
    expect(await samples(all, 'lockstep_partition_position')).to.have.length(1);
    all.recordKafka({ type: 'assign', groupId: 'g', epoch: 3, partitions: partitions.slice(1), revoked: [] });
    expect(await samples(all, 'lockstep_partition_position')).to.deep.equal([]);
    all.recordKafka({ type: 'stop', unsettled: 2 });
    expect(await samples(all, 'lockstep_partition_position')).to.deep.equal([]);
    expect(await samples(all, 'lockstep_assigned')).to.deep.equal(['lockstep_assigned_partitions 0']);
  });

  it('count batches and lanes by model, and missed edges', async () => {
    const all = metrics({ missed: 9 });
    all.loaded({ name: 'en-news', backend: 'wasm' });
    const record = all.observeModel({ name: 'en-news' });
    const reason = new LockstepError('DEADLINE_MISSED', 'x');
    for (const event of [
      { type: 'issue', batch: 0, cycle: 1, early: true, documents: 64, lanes: ['cnn', 'rnn'] },
      { type: 'issue', batch: 1, cycle: 2, early: false, documents: 10, lanes: ['cnn', 'rnn'] },
      { type: 'answer', batch: 0, cycle: 2, lane: 'cnn' },
      { type: 'abstain', batch: 0, cycle: 2, lane: 'rnn', documents: 64, reason },
      { type: 'retire', batch: 0, cycle: 2, documents: 64, rejected: 0 },
      { type: 'retire', batch: 7, cycle: 2, documents: 64, rejected: 0 },
      { type: 'stall', cycle: 3, waiting: 4 },
      { type: 'bubble', cycle: 4, cycles: 3 },
    ] as const)
      record(event);
    expect((await samples(all, 'lockstep_')).filter((line) => line.includes('model='))).to.deep.equal([
      'lockstep_model_info{model="en-news",backend="wasm"} 1',
      'lockstep_batches_total{model="en-news"} 2',
      'lockstep_batch_documents_total{model="en-news"} 74',
      'lockstep_early_batches_total{model="en-news"} 1',
      'lockstep_stalls_total{model="en-news"} 1',
      'lockstep_bubbles_total{model="en-news"} 3',
      'lockstep_lane_answers_total{model="en-news",lane="cnn"} 1',
      'lockstep_lane_abstentions_total{model="en-news",lane="rnn",reason="DEADLINE_MISSED"} 64',
    ]);
    expect(await samples(all, 'messaging_process_duration_seconds_count')).to.have.length(1);
    expect(await samples(all, 'lockstep_clock')).to.deep.equal(['lockstep_clock_missed_edges_total 9']);
    expect(await samples(all, 'lockstep_clock')).to.deep.equal(['lockstep_clock_missed_edges_total 9']);
  });

  it('tell of the process as well', async () => {
    const { text } = await metrics({ ofProcess: true }).text();
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds'])
      expect(text).to.match(new RegExp(`^${name} `, 'm'));
  });
});
