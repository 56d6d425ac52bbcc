/** A failure that the user can do something about: its message is shown without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
