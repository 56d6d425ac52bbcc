import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Whether there is such a file or folder. */
export function exists(path: string): Promise<boolean> {
  return may(path, constants.F_OK);
}

/** Whether there is such a file, and it can be run. */
export function isExecutable(path: string): Promise<boolean> {
  return may(path, constants.X_OK);
}

function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
