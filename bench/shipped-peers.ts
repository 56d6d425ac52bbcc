import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from '../src/ensemble/index.ts';
import type { Tokenizer } from '../src/language/tokenizer.ts';
import type { Contestant } from './compiled-rounds.ts';
import { peerPackage } from './peer-package.ts';

const PYTHON = process.env.LOCKSTEP_PYTHON ?? 'python3';

/** Something that labels texts, in this process. */
export interface Labeller extends Contestant {
  readonly version: string;
}

/** A library that learns label after label, text after text. */
interface Learner {
  learn(text: string, label: string): void;
  finish(): unknown;
  label(text: string): unknown;
}

type Make = () => Promise<{ readonly version: string; readonly learner: Learner } | undefined>;

/** Those that are installed, trained on `rows`. They know English only. */
export async function labellers(rows: readonly Row[], texts: readonly string[]): Promise<Labeller[]> {
  const made: Labeller[] = [];
  for (const [name, { make, most }] of Object.entries(LEARNERS)) {
    const peer = await make();
    if (peer === undefined) continue;
    const { version, learner } = peer;
    for (const { text, label } of rows.slice(0, most)) learner.learn(text, label);
    await learner.finish();
    made.push({ name, version, documents: 1, run: (number) => learner.label(texts[number % texts.length] ?? '') });
  }
  return made;
}

interface WinkClassifier {
  definePrepTasks(tasks: readonly ((text: string) => string[])[]): void;
  defineConfig(config: object): void;
  learn(text: string, label: string): void;
  consolidate(): void;
  predict(text: string): string;
}

/** Of wink-nlp, what is used here: its own types refuse `its.stem`. */
type WinkNlp = (model: unknown) => {
  readonly its: Readonly<Record<'type' | 'stopWordFlag' | 'negationFlag' | 'stem', object>>;
  readDoc(text: string): { tokens(): WinkTokens };
};

interface WinkToken {
  out(its: object): string | boolean;
}

interface WinkTokens {
  filter(keep: (token: WinkToken) => boolean): WinkTokens;
  each(use: (token: WinkToken) => void): void;
}

/** As its own README has it: words without stop words, stemmed, negated where they are. */
async function wink(): ReturnType<Make> {
  const peer = peerPackage<() => WinkClassifier>('wink-naive-bayes-text-classifier');
  const library = peer && peerPackage<WinkNlp>('wink-nlp');
  if (peer === undefined || library === undefined) return undefined;
  const { default: model } = await import('wink-eng-lite-web-model');
  const nlp = library.module(model);
  const { its } = nlp;
  const classifier = peer.module();
  classifier.definePrepTasks([
    (text) => {
      const stems: string[] = [];
      nlp
        .readDoc(text)
        .tokens()
        .filter((token) => token.out(its.type) === 'word' && !token.out(its.stopWordFlag))
        .each((token) => stems.push(`${token.out(its.negationFlag) ? '!' : ''}${token.out(its.stem)}`));
      return stems;
    },
  ]);
  classifier.defineConfig({ considerOnlyPresence: true, smoothingFactor: 0.5 });
  const learner = {
    learn: (text: string, label: string) => classifier.learn(text, label),
    finish: () => classifier.consolidate(),
    label: (text: string) => classifier.predict(text),
  };
  return { version: peer.version, learner };
}

interface NaturalClassifier {
  addDocument(text: string, label: string): void;
  train(): void;
  classify(text: string): string;
}

async function natural(): ReturnType<Make> {
  const peer = peerPackage<{ readonly BayesClassifier: new () => NaturalClassifier }>('natural');
  if (peer === undefined) return undefined;
  const classifier = new peer.module.BayesClassifier();
  const learner = {
    learn: (text: string, label: string) => classifier.addDocument(text, label),
    finish: () => classifier.train(),
    label: (text: string) => classifier.classify(text),
  };
  return { version: peer.version, learner };
}

interface NlpManager {
  readonly settings: Record<string, unknown>;
  addLanguage(language: string): void;
  addDocument(language: string, text: string, label: string): void;
  train(): Promise<unknown>;
  process(language: string, text: string): Promise<unknown>;
}

interface NlpContainer {
  registerConfiguration(tag: string, configuration: object): void;
  use(plugin: unknown): void;
  get(name: 'nlp'): NlpManager;
}

async function nlpJs(): ReturnType<Make> {
  const core = peerPackage<{ containerBootstrap(): Promise<NlpContainer> }>('@nlpjs/core', {
    also: ['@nlpjs/nlp', '@nlpjs/lang-en'],
  });
  const nlp = core && peerPackage<{ readonly Nlp: unknown }>('@nlpjs/nlp');
  const english = nlp && peerPackage<{ readonly LangEn: unknown }>('@nlpjs/lang-en');
  if (core === undefined || nlp === undefined || english === undefined) return undefined;
  const container = await core.module.containerBootstrap();
  container.registerConfiguration('nlu-??', NLU);
  container.use(nlp.module.Nlp);
  container.use(english.module.LangEn);
  const manager = container.get('nlp');
  Object.assign(manager.settings, { autoSave: false, autoLoad: false });
  manager.addLanguage('en');
  const learner = {
    learn: (text: string, label: string) => manager.addDocument('en', text, label),
    finish: () => manager.train(),
    label: (text: string) => manager.process('en', text),
  };
  return { version: nlp.version, learner };
}

/** What it sets by itself, but without a line an epoch. */
const NLU = {
  keepStopwords: true,
  nonefeatureValue: 1,
  nonedeltaMultiplier: 1.2,
  spellCheck: false,
  spellCheckDistance: 1,
  filterZeros: true,
  log: false,
};

/** At most so many rows are learned: these take long, and what is measured is how fast they are afterwards. */
const LEARNERS: Readonly<Record<string, { readonly make: Make; readonly most: number }>> = {
  'wink-nlp, naive Bayes': { make: wink, most: 2000 },
  'natural, naive Bayes': { make: natural, most: 2000 },
  'nlp.js': { make: nlpJs, most: 500 },
};

/** How fast a library of Python labels. */
export interface PythonPeer {
  readonly peer: string;
  readonly version: string;
  /** Texts a second of the processor, round by round. */
  readonly rates: readonly number[];
}

/** Those that Python has; none, and said so, where there is no Python. */
export async function pythonPeers(
  language: 'zh' | 'en',
  tokenizer: Tokenizer,
  { train, dev }: Readonly<Record<'train' | 'dev', readonly Row[]>>,
): Promise<readonly PythonPeer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-shipped-'));
  try {
    for (const [name, rows] of Object.entries({ train, dev })) {
      const cut = rows.map(({ label, text }) => [label, text, tokenizer(text).map((token) => token.text)]);
      await writeFile(join(folder, `${name}.json`), JSON.stringify(cut));
    }
    const script = fileURLToPath(new URL('shipped.py', import.meta.url));
    const answer = execFileSync(PYTHON, [script, folder, language], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    const peers: readonly PythonPeer[] = JSON.parse(answer);
    return peers;
  } catch (error) {
    console.log(`Without Python's libraries (LOCKSTEP_PYTHON): ${String(error).split('\n', 1)[0]}`);
    return [];
  } finally {
    await rm(folder, { recursive: true });
  }
}
