import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findJava } from '../../../scripts/kafka/java.ts';
import { type Install, startProgram, step } from './peer.ts';

const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/** Kafka Streams of the broker's version, from Maven, and the program that uses it. */
export const kafkaStreams: Install = async (folder, kafkaVersion) => {
  const java = await findJava();
  const [pom, program] = ['pom.xml', 'Parity.java'].map((file) =>
    fileURLToPath(new URL(`streams/${file}`, import.meta.url)),
  );
  const jars = join(folder, 'jars');
  await step('its jars come from Maven', 'mvn', [
    ...['-B', '-q', '-f', pom ?? '', `-Dkafka.version=${kafkaVersion}`, COPY],
    ...[`-DoutputDirectory=${jars}`, '-DincludeScope=runtime'],
  ]);
  const classpath = [join(jars, '*'), folder].join(':');
  await step('its program has to be compiled', 'javac', ['-cp', classpath, '-d', folder, program ?? '']);
  return {
    name: 'Kafka Streams',
    version: kafkaVersion,
    modes: ['at least once', 'exactly once'],
    start: ({ bootstrap, mode, groupId, input, output, commitInterval, folder: state }) => {
      const guarantee = mode === 'exactly once' ? 'exactly_once_v2' : 'at_least_once';
      return startProgram(java.command, [
        ...['-Xmx512m', '-cp', classpath, 'Parity'],
        ...[bootstrap, groupId, input, output, guarantee, String(commitInterval), state],
      ]);
    },
  };
};
