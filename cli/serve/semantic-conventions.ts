/**
 * Names of OpenTelemetry's messaging conventions, as Prometheus writes them: dots are underscores, and the unit is at the end.
 *
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
 */
export const SYSTEM = { messaging_system: 'kafka' } as const;

/** The bounds that the conventions give for durations. Seconds. */
export const DURATIONS: number[] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
