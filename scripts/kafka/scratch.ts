import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for data that nobody wants to keep. */
export interface Scratch {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Waits until its standard input ends, which it does with the process that holds the other end, then removes a folder. */
const WARDEN = 'cat >/dev/null; for i in 1 2 3 4 5; do rm -rf -- "$0" && break; sleep 1; done';

/** Makes a temporary folder that goes with this process, even where that is killed with SIGKILL. */
export async function scratchFolder(parent: string = tmpdir()): Promise<Scratch> {
  const folder = await mkdtemp(join(parent, 'rx-lockstep-kafka-'));
  // In a session of its own: Ctrl-C does not reach it.
  const warden = spawn('sh', ['-c', WARDEN, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  warden.on('error', () => undefined); // a machine without sh
  warden.unref();
  if (warden.stdin instanceof Socket) warden.stdin.unref();
  return {
    folder,
    remove: async () => {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      warden.stdin.destroy();
    },
  };
}
