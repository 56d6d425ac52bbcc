import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as rxjs from 'rxjs';
import * as lockstep from '../../operators/index.ts';
import * as kafka from '../../operators/kafka.ts';
import * as testing from '../../src/testing/index.ts';

/** A block of code in a page or a docstring. */
export interface Snippet {
  readonly file: string;
  /** Number of its first line. */
  readonly line: number;
  readonly code: string;
  /** The block of `text` that follows it at once: what it is said to print. */
  readonly output: string | undefined;
}

const FENCE = /^```(\w*)$/;
const COMMENT = /^\s*\*( |$)/;
/** What snippets of a few lines take for granted. */
const GIVEN: Readonly<Record<string, string>> = {
  news: 'declare const news: Ensemble;',
  clock: 'declare const clock: Clock;',
  ballot: 'declare const ballot: Ballot;',
  documents$: 'declare const documents$: Observable<Document>;',
  encoded$: 'declare const encoded$: Observable<Document & Encoded>;',
  headlines$: 'declare const headlines$: Observable<Document>;',
  InferenceSession: 'declare const InferenceSession: { create(file: string): Promise<OnnxSession<object>> };',
  Tensor: 'declare const Tensor: new (type: string, data: BigInt64Array, dims: readonly number[]) => object;',
  kafka: "import { Kafka } from 'kafkajs'; declare const kafka: Kafka;",
  once: 'declare const once: ExactlyOnce;',
  socketMessages$: 'declare const socketMessages$: Observable<Document>;',
};
const root = resolve(import.meta.dirname, '../..');
const LIBRARY: Readonly<Record<string, readonly string[]>> = {
  rxjs: Object.keys(rxjs),
  'rx-lockstep': [...Object.keys(lockstep), ...typesOf(join(root, 'operators/index.ts'))],
  'rx-lockstep/kafka': [...Object.keys(kafka), ...typesOf(join(root, 'operators/kafka.ts'))],
  'rx-lockstep/testing': Object.keys(testing),
};
/** What the library does not export, by file: how the machinery explains itself to those who work on it. */
const MACHINERY: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  sourcesIn('src').map((file) => [join(root, file), valuesOf(join(root, file))]),
);

/** The source files beneath a folder of the repository, as paths from its root; those of AssemblyScript are in another language. */
export function sourcesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts') && !name.includes('assembly/')).map((name) => join(folder, name));
}

/** The blocks of TypeScript in a Markdown page, or in the docstrings of a source file. */
export async function snippetsOf(file: string): Promise<Snippet[]> {
  const lines = (await readFile(join(root, file), 'utf8')).split('\n');
  return snippetsIn(file, file.endsWith('.ts') ? lines.map(uncommented) : lines);
}

/** The lines of a page as they stand; those of a source file without what makes them a comment, and nothing of the code. */
function uncommented(line: string): string {
  return COMMENT.test(line) ? line.replace(COMMENT, '') : '';
}

function snippetsIn(file: string, lines: readonly string[]): Snippet[] {
  const blocks = blocksIn(lines);
  return blocks.flatMap(({ language, first, code }, i) => {
    if (language !== 'ts') return [];
    const next = blocks[i + 1];
    const between = next
      ? lines
          .slice(first + code.length + 1, next.first - 1)
          .join('')
          .trim()
      : 'nothing';
    const output = next?.language === 'text' && between === '' ? next.code.join('\n') : undefined;
    return [{ file, line: first + 1, code: code.join('\n'), output }];
  });
}

interface Block {
  readonly language: string;
  /** Index of its first line of code. */
  readonly first: number;
  readonly code: readonly string[];
}

function blocksIn(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let open: { readonly language: string; readonly first: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = FENCE.exec(line.trim());
    if (!fence) continue;
    if (open) blocks.push({ ...open, code: lines.slice(open.first, index) });
    open = open ? undefined : { language: fence[1] ?? '', first: index + 1 };
  }
  return blocks;
}

/** A snippet as a module: one that imports nothing gets what it names from the libraries, and what snippets take for granted. */
export function moduleOf({ file, code }: Snippet): string {
  if (/^import /m.test(code)) return `${code}\nexport {};\n`;
  const declared = new Set(
    [...code.matchAll(/^(?:const|let|function|class|interface) (\w+\$?)/gm)].map(([, name]) => name),
  );
  const named = (text: string): ((name: string) => boolean) => {
    const words = new Set(text.match(/[A-Za-z_]\w*\$?/g));
    return (name) => words.has(name) && !declared.has(name);
  };
  const given = Object.keys(GIVEN)
    .filter(named(code))
    .map((name) => GIVEN[name])
    .join('\n');
  const isUsed = named(code + given);
  const inLibrary = new Set(Object.values(LIBRARY).flat());
  const machinery = Object.entries(MACHINERY).map(
    ([module, exported]) => [module, exported.filter((name) => !inLibrary.has(name))] as const,
  );
  const imports = [...Object.entries(LIBRARY), ...(file.endsWith('.ts') ? machinery : [])].flatMap(
    ([module, exported]) => {
      const wanted = exported.filter((name) => isUsed(name.replace('type ', '')));
      return wanted.length > 0 ? [`import { ${wanted.join(', ')} } from '${module}';`] : [];
    },
  );
  return [...imports, given, code, 'export {};', ''].join('\n');
}

/** The functions, classes and constants that a file declares and exports. */
function valuesOf(file: string): string[] {
  const exported = readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm);
  return [...exported].map(([, name = '']) => name);
}

/** What a file exports as types, each with the word `type` before it: its values can be asked for, its types only be read. */
function typesOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const lists = [...text.matchAll(/export type \{([^}]*)\}/g)].flatMap(([, list]) => list?.match(/\w+/g) ?? []);
  const single = [...text.matchAll(/\btype (\w+)/g)].map(([, name = '']) => name);
  return [...lists, ...single].map((name) => `type ${name}`);
}
