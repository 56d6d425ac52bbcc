import { parseArgs } from 'node:util';
import { Failure } from './failure.ts';
import { TOOL_NAMES } from './tools.ts';

export const HELP: string = `Usage: npm run kafka -- [start] [options]
       npm run kafka -- tool [--version V] NAME [ARGUMENTS]
       npm run kafka -- resolve [--version V]

Runs a real Apache Kafka (KRaft, no Docker) on this machine, Linux or macOS, with the topics of the example. Needs
Java 17, and Maven, which brings Kafka's jars (70 MB, once) into $KAFKA_CACHE, else into rx-lockstep-kafka in the user's
cache folder.

start    starts it, says how to try it, and stops it at Ctrl-C
  --port N          where to listen; with more nodes, the ports after it too (default: 9092, or a free one)
  --nodes N         how many brokers (default: 1)
  --data DIR        keep the data there (default: thrown away)
  --version V       a version of Kafka 3 or 4 (default: $KAFKA_VERSION, else 4.1.2)
  --tls             a second listener, with TLS
  --sasl USER:PASS  a second listener, with SASL PLAIN; may be given more than once
  --property K=V    a property of the broker; may be given more than once

tool     runs one of Kafka's own: ${TOOL_NAMES.slice(0, 5).join(', ')},
         ${TOOL_NAMES.slice(5).join(', ')}, or a class
resolve  only brings what is needed
--help   this`;

export interface StartCommand {
  readonly kind: 'start';
  readonly nodes: number;
  readonly port: number | undefined;
  readonly dataDir: string | undefined;
  readonly version: string | undefined;
  readonly tls: boolean;
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
}

export interface ToolCommand {
  readonly kind: 'tool';
  readonly version: string | undefined;
  readonly name: string;
  readonly args: readonly string[];
}

export type KafkaCommand =
  | StartCommand
  | ToolCommand
  | { readonly kind: 'resolve'; readonly version: string | undefined }
  | { readonly kind: 'help' };

const HIGHEST_PORT = 65_535;

/**
 * Understands what follows `npm run kafka --`.
 *
 * @throws Failure where it cannot
 */
export function parseCommand(argv: readonly string[]): KafkaCommand {
  const [first, ...rest] = argv;
  if (first === 'tool') return parseTool(rest);
  const [kind, args] = first === undefined || first.startsWith('-') ? ['start', argv] : [first, rest];
  if (kind !== 'start' && kind !== 'resolve') throw new Failure(`expected start, tool or resolve, got ${kind}`);
  const values = valuesOf(args);
  if (values.help) return { kind: 'help' };
  if (kind === 'start') return start(values);
  const { help, version, ...others } = values;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw new Failure(`resolve takes no --${stranger}`);
  return { kind, version };
}

interface Values {
  help?: boolean;
  nodes?: string;
  port?: string;
  data?: string;
  version?: string;
  tls?: boolean;
  sasl?: string[];
  property?: string[];
}

function valuesOf(args: readonly string[]): Values {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        nodes: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        version: { type: 'string' },
        tls: { type: 'boolean' },
        sasl: { type: 'string', multiple: true },
        property: { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    // Node explains at length how else to write it: the first sentence will do.
    throw new Failure(error instanceof Error ? error.message.replace(/\. .*/s, '') : String(error));
  }
}

function start({ nodes, port, data, version, tls = false, sasl = [], property = [] }: Values): StartCommand {
  const count = nodes === undefined ? 1 : whole('--nodes', nodes, 1, 9);
  return {
    kind: 'start',
    nodes: count,
    port: port === undefined ? undefined : whole('--port', port, 1, HIGHEST_PORT + 1 - count),
    dataDir: data,
    version,
    tls,
    users: pairs('--sasl', 'USER:PASS', ':', sasl),
    properties: pairs('--property', 'K=V', '=', property),
  };
}

function parseTool(argv: readonly string[]): KafkaCommand {
  const [first, second, ...rest] = argv;
  if (first === '--help') return { kind: 'help' };
  if (first === '--version' && second !== undefined) {
    const [name, ...args] = rest;
    return tool(second, name, args);
  }
  return tool(undefined, first, second === undefined ? [] : [second, ...rest]);
}

function tool(version: string | undefined, name: string | undefined, args: readonly string[]): ToolCommand {
  if (name === undefined || name.startsWith('-'))
    throw new Failure(`expected the name of a tool, one of ${TOOL_NAMES.join(', ')}, or a class`);
  return { kind: 'tool', version, name, args };
}

function whole(option: string, text: string, from: number, to: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new Failure(`${option}: expected a whole number from ${from} to ${to}, got ${text}`);
}

/** What is wrong with them is said without showing them: they may hold a password. */
function pairs(option: string, shape: string, separator: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(separator);
      if (at < 1) throw new Failure(`${option}: expected ${shape}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
