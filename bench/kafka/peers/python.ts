import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../../scripts/kafka/failure.ts';
import { type Install, startProgram, step } from './peer.ts';

/** Programs are imported from here, and leave nothing here. */
const HERE = { PYTHONPATH: fileURLToPath(new URL('.', import.meta.url)), PYTHONDONTWRITEBYTECODE: '1' };

/** Bytewax, which keeps by itself how far it is, and takes a note of that in the folder as often as others commit. */
export const bytewax: Install = async (folder) => {
  const { python, version } = await install(folder, 'bytewax.txt');
  return {
    name: 'Bytewax',
    version,
    modes: ['at least once'],
    start: async ({ bootstrap, input, output, commitInterval, folder: state }) => {
      await step('where it keeps how far it is', python, ['-m', 'bytewax.recovery', state, '1']);
      const recovery = ['-r', state, '-s', String(Math.ceil(commitInterval / 1000)), '-b', '0'];
      const environment = { ...HERE, BOOTSTRAP: bootstrap, INPUT: input, OUTPUT: output };
      return startProgram(python, ['-m', 'bytewax.run', 'bytewax_parity:flow', ...recovery], environment);
    },
  };
};

/** Faust, as it is kept alive by its community. */
export const faust: Install = async (folder) => {
  const { python, version } = await install(folder, 'faust.txt');
  return {
    name: 'Faust',
    version,
    modes: ['at least once'],
    start: ({ bootstrap, groupId, input, output, folder: state }) => {
      const names = { BOOTSTRAP: bootstrap, GROUP: groupId, INPUT: input, OUTPUT: output, FOLDER: state };
      return startProgram(python, ['-m', 'faust_parity', 'worker', '-l', 'warn'], { ...HERE, ...names });
    },
  };
};

async function install(
  folder: string,
  requirements: string,
): Promise<{ readonly python: string; readonly version: string }> {
  const file = fileURLToPath(new URL(requirements, import.meta.url));
  const [, version] = /==(\S+)/.exec(await readFile(file, 'utf8')) ?? [];
  if (version === undefined) throw new Failure(`${requirements} names no version`);
  await step('it needs Python with venv', 'python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin', 'python');
  await step('it comes from PyPI', python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    file,
  ]);
  return { python, version };
}
