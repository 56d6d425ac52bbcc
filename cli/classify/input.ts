import { access, constants, stat } from 'node:fs/promises';
import type { Observable } from 'rxjs';
import { fromJsonLines } from '../../operators/from-json-lines.ts';
import { fromLines } from '../../operators/from-lines.ts';
import type { DeadLetter } from '../../src/document/document.ts';
import { LockstepError } from '../../src/errors.ts';
import type { ByteInput } from '../../src/sources/bytes.ts';
import type { Console } from '../console.ts';

/** What says where documents come from, and in which form. */
export interface InputArguments {
  readonly files: readonly string[];
  readonly json?: boolean;
  readonly field?: string;
  readonly id?: string;
  readonly inFlight: number;
}

/** What comes in. */
export interface InputDocument {
  readonly text: string;
  readonly id: string | number;
}

const JSON_NAME = /\.(jsonl|ndjson)(\.gz)?$/i;
const STDIN = '-';

/**
 * The documents of the files, or of standard input.
 *
 * @throws LockstepError `INVALID_ARGUMENT` if a file cannot be read, or the files are some JSON lines and some not
 */
export async function openInput(
  { files, json, field, id, inFlight }: InputArguments,
  { stdin }: Console,
  deadLetters: (letter: DeadLetter) => void,
): Promise<Observable<InputDocument>> {
  for (const file of files) await checkReadable(file);
  const inputs = files.length === 0 ? [stdin] : files.map((file): ByteInput => (file === STDIN ? stdin : file));
  const options = { maxInFlight: inFlight, deadLetters };
  const isJson = json || field !== undefined || id !== undefined || namesSayJson(files);
  return isJson ? fromJsonLines(inputs, { ...options, text: field, id }) : fromLines(inputs, options);
}

function namesSayJson(files: readonly string[]): boolean {
  const named = files.filter((file) => JSON_NAME.test(file));
  if (named.length === 0 || named.length === files.length) return named.length > 0;
  throw new LockstepError(
    'INVALID_ARGUMENT',
    'Expected files of one kind, got some JSON lines by name and some not: run them separately, or say --json',
  );
}

async function checkReadable(file: string): Promise<void> {
  if (file === STDIN) return;
  try {
    await access(file, constants.R_OK);
    if (!(await stat(file)).isDirectory()) return;
  } catch (cause) {
    throw new LockstepError('INVALID_ARGUMENT', `Cannot read ${file}: there is no such file, or it may not be read`, {
      cause,
    });
  }
  throw new LockstepError('INVALID_ARGUMENT', `Cannot read ${file}: it is a folder`);
}
