/** What of an error is logged: who it is and why, down to its first cause; no stack. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly cause?: ErrorFields;
}

/** As deep as causes are followed. */
const DEEPEST = 8;

export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const code = codeOf(error);
  const { cause } = error;
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    ...(cause !== undefined && depth < DEEPEST && { cause: errorFields(cause, depth + 1) }),
  };
}

/** A short name for the kind of an error, for a metric: one of few. `_OTHER` is OpenTelemetry's word for the rest. */
export function errorType(error: unknown): string {
  for (let each = error, depth = 0; each instanceof Error && depth < DEEPEST; each = each.cause, depth++) {
    const code = codeOf(each);
    if (code !== undefined) return code;
  }
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : '_OTHER';
}

/** The code of this library or of Node, or the type that Kafka's protocol gives an error. */
function codeOf(error: Error): string | undefined {
  for (const code of [Reflect.get(error, 'type'), Reflect.get(error, 'code')])
    if (typeof code === 'string' && /^\w{1,64}$/.test(code)) return code;
  return undefined;
}
