import { Failure } from './failure.ts';
import type { Installation } from './installation.ts';
import { isKafka3, type Kit, loggingFlags } from './jars.ts';
import { type Finished, type RunOptions, run } from './processes.ts';

/** A class, or those of Kafka 3 and of Kafka 4. */
const TOOLS: Readonly<Record<string, string | readonly [string, string]>> = {
  'api-versions': ['kafka.admin.BrokerApiVersionsCommand', 'org.apache.kafka.tools.BrokerApiVersionsCommand'],
  configs: 'kafka.admin.ConfigCommand',
  'console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'console-producer': ['kafka.tools.ConsoleProducer', 'org.apache.kafka.tools.ConsoleProducer'],
  'consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'dump-log': 'kafka.tools.DumpLogSegments',
  'get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'metadata-quorum': 'org.apache.kafka.tools.MetadataQuorumCommand',
  topics: 'org.apache.kafka.tools.TopicCommand',
  transactions: 'org.apache.kafka.tools.TransactionsCommand',
};

/** The names of the tools that {@link runTool} knows beside classes. */
export const TOOL_NAMES: readonly string[] = Object.keys(TOOLS);

/** Runs one of Kafka's own tools to its end: by its name without `kafka-`, or by its class. */
export function runTool(
  { kit, java }: Installation,
  name: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Finished> {
  return run(java.command, toolArguments(kit, name, args), options);
}

/**
 * What Java has to be given to run a tool.
 *
 * @throws Failure where there is no such tool
 */
export function toolArguments(kit: Kit, name: string, args: readonly string[]): string[] {
  return [
    ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...loggingFlags(kit, 'ERROR')],
    ...['-cp', kit.classpath, classOf(name, kit.version), ...args],
  ];
}

function classOf(name: string, version: string): string {
  const tool = TOOLS[name];
  if (typeof tool === 'string') return tool;
  if (tool !== undefined) return isKafka3(version) ? tool[0] : tool[1];
  if (name.includes('.')) return name;
  throw new Failure(`there is no tool ${name}; there are ${TOOL_NAMES.join(', ')}, and every class by its full name`);
}
