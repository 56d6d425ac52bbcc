import { Readable, Writable } from 'node:stream';
import { lastValueFrom, scan } from 'rxjs';
import {
  Clock,
  characters,
  encode,
  fanOut,
  fromLines,
  toJsonLines,
  tokenize,
  Vocabulary,
  vote,
  zipLanes,
} from '../operators/index.ts';
import { freeSubtask } from './free-subtask.ts';
import { report } from './report.ts';

const LINES = 1_000_000;
const LINES_A_CHUNK = 1000;

/** Resident memory while a million lines flow from a stream of bytes to a stream of bytes. */
export async function memory(): Promise<void> {
  const marks = new Map([0.1, 0.5, 1].map((part) => [part * LINES, part]));
  const resident = new Map<number, number>();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const documents = fromLines(Readable.from(chunks()), { maxInFlight: 1024 });
  const vocabulary = new Vocabulary(['a', 'b', 'c']);
  const clock = new Clock({ period: 5, workConserving: true });
  await lastValueFrom(
    documents.pipe(
      tokenize(characters()),
      encode(vocabulary),
      fanOut([freeSubtask('tech'), freeSubtask('finance', 0.2)], { clock }),
      zipLanes(),
      vote(),
      toJsonLines(nowhere),
      scan((lines) => {
        const part = marks.get(lines + 1);
        if (part !== undefined) resident.set(part, process.memoryUsage.rss() / 2 ** 20);
        return lines + 1;
      }, 0),
    ),
  );
  report(
    'memory',
    `${LINES.toLocaleString('en')} lines from bytes to bytes through the whole chain, two free lanes`,
    [...resident].map(([part, value]) => ({
      what: `resident memory at ${part * 100} %`,
      value,
      unit: 'MiB',
      goal: 'flat',
    })),
  );
}

function* chunks(): Generator<Buffer> {
  for (let line = 0; line < LINES; line += LINES_A_CHUNK) {
    const lines = Array.from({ length: LINES_A_CHUNK }, (_, i) => `abc line ${line + i} of the flood`);
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}
