import { type Command, Option } from 'commander';
import type { AddCommand } from './command.ts';
import type { GivenOptions } from './serve/read-settings.ts';
import { SETTINGS } from './serve/settings.ts';

const WITHOUT_OPTION = Object.values(SETTINGS)
  .filter(({ option, key }) => option === undefined && key !== undefined)
  .map(({ key = '', help }) => `    ${key.padEnd(30)}${help}`)
  .join('\n');

const HELP = `
Records:
  The value of a record is a JSON object with the text, by default in the field
  "text", or with --text the text itself. A verdict has the key of its record,
  its traceparent, and as its value
  {"id": 7, "label": "tech", "confidence": 0.93,
   "lanes": {"cnn": {"label": "tech", "score": 0.97}, "lstm": null}}
  Without --model, texts mostly in Han script go to zh-topics, and texts mostly
  in Latin script to en-news.

Delivery:
  An offset is committed when every document before it has its verdict, or is a
  dead letter. After a crash some come again: at least once. With --exactly-once
  those who read the verdicts as read_committed see each once. Start as many
  processes as there are partitions to share the work.
  What cannot be labelled stops nothing. It goes to --dead-letters, or is only
  counted and logged. Topics are not created here.

Settings:
  Each is looked for in four places, and the first that has it counts: the
  option, the environment variable, the file of --config, the default.
  --print-config shows them all, and where each is from.
  The file is YAML or JSON and has the names of the options, such as
  inFlight: 2048, but kafka.brokers. Variables are LOCKSTEP_ and the name, such
  as LOCKSTEP_IN_FLIGHT and LOCKSTEP_KAFKA_BROKERS; only --port and --host are
  LOCKSTEP_LISTEN_PORT and LOCKSTEP_LISTEN_HOST. An empty one says nothing.
  These have no option:
${WITHOUT_OPTION}
  The password is in no file of settings, but in LOCKSTEP_KAFKA_PASSWORD, or in
  the file that LOCKSTEP_KAFKA_PASSWORD_FILE names.

HTTP:
  /live     200, or 503 if it should be started anew: the pipeline has failed, or
            nothing is heard from the cluster any more
  /ready    200, or 503 with the reasons: the model is not loaded, the group not
            joined, the consumer ended and is rebuilt, or it was asked to stop
  /metrics  for Prometheus, by OpenTelemetry's names for messaging and as
            lockstep_...

Stopping:
  SIGTERM or Ctrl-C: no more is taken, what is in flight is finished for up to
  --drain, offsets are committed, the group is left, and it ends with 0. A second
  one ends it at once.

Examples:
  $ lockstep serve --brokers localhost:9092 --group labels \\
      --in documents --out verdicts --dead-letters rejected
  $ LOCKSTEP_KAFKA_PASSWORD_FILE=/run/secrets/kafka lockstep serve -c serve.yaml
`;

/** Options that are no settings. */
interface OtherOptions {
  readonly printConfig?: boolean;
}

/** Declares `lockstep serve`. */
export const serveCommand: AddCommand = (program, perform) => {
  const command = program
    .command('serve')
    .summary('label the records of a Kafka topic as they come')
    .description('Labels the records of Kafka topics as they come, and writes the verdicts to a topic.')
    .option('-c, --config <file>', 'settings, in YAML or JSON (also: LOCKSTEP_CONFIG)');
  for (const { option, help } of Object.values(SETTINGS)) if (option) command.addOption(new Option(option, help));
  command
    .option('--print-config', 'show the settings and where they are from, without secrets, and end')
    .addHelpText('after', HELP)
    .action((options: GivenOptions & OtherOptions) =>
      perform(async (console) => {
        const { runServe } = await import('./serve/run.ts');
        return runServe({ options: given(options, command), printConfig: options.printConfig === true }, console);
      }),
    );
};

/** Without what commander fills in: `--no-http` alone makes it say `http`. */
function given(options: GivenOptions, command: Command): GivenOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === 'cli' && name !== 'printConfig'),
  );
}
