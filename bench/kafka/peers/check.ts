import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../scripts/kafka/cluster.ts';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { scratchFolder } from '../../../scripts/kafka/scratch.ts';
import { clientOf, freshName, freshTopic } from '../../../test/kafka/support/client.ts';
import { fill, textOf } from '../load.ts';
import { PARITIES } from '../models.ts';
import { PARTITIONS } from '../setting.ts';
import { readVerdicts } from '../verdict-reader.ts';
import type { Peer } from './peer.ts';

const DOCUMENTS = 600;
/** Seconds. */
const PATIENCE = 60;

/**
 * Lets a peer do a little of the job and looks at what it wrote.
 *
 * @throws Failure where it does not do it, or not right
 */
export async function check(broker: Cluster, peer: Peer): Promise<void> {
  const kafka = clientOf(broker);
  const input = await freshTopic(broker, { partitions: PARTITIONS, name: 'documents' });
  const output = await freshTopic(broker, { partitions: PARTITIONS, name: 'verdicts' });
  await fill(kafka, input, DOCUMENTS);
  const labels: string[] = [];
  const stopReading = await readVerdicts(kafka, output, ({ id, label }) => {
    labels[id] = label;
  });
  const scratch = await scratchFolder();
  const job = { bootstrap: broker.bootstrap, groupId: freshName('check'), input, output };
  const running = await peer.start({ ...job, mode: 'at least once', commitInterval: 1000, folder: scratch.folder });
  try {
    await Promise.race([running.lost, untilAllAreIn(labels)]);
  } finally {
    await Promise.all([running.end(), stopReading()]);
    await scratch.remove();
  }
}

async function untilAllAreIn(labels: readonly string[]): Promise<void> {
  const deadline = performance.now() + 1000 * PATIENCE;
  const right = () => Array.from({ length: DOCUMENTS }, (_, id) => labels[id] === PARITIES[textOf(id).length % 2]);
  while (right().includes(false)) {
    if (performance.now() > deadline)
      throw new Failure(`${right().filter(Boolean).length} of ${DOCUMENTS} verdicts were right within ${PATIENCE} s`);
    await sleep(100);
  }
}
