import { expect } from 'chai';
import { errorFields, errorType } from '../../../cli/serve/error-fields.ts';
import { LockstepError } from '../../../src/errors.ts';

describe('errorFields', () => {
  it('has who, what and why, down to the first cause, and no stack', () => {
    const cause = Object.assign(new Error('no leader', { cause: 'dust' }), {
      type: 'LEADER_NOT_AVAILABLE',
      name: 'KafkaJSProtocolError',
    });
    expect(errorFields(new LockstepError('SOURCE_FAILED', 'Cannot read', { cause }))).to.deep.equal({
      type: 'LockstepError',
      code: 'SOURCE_FAILED',
      message: 'Cannot read',
      cause: {
        type: 'KafkaJSProtocolError',
        code: 'LEADER_NOT_AVAILABLE',
        message: 'no leader',
        cause: { type: 'string', message: 'dust' },
      },
    });
  });

  it('takes what is no error, and causes that go round', () => {
    expect(errorFields(undefined)).to.deep.equal({ type: 'undefined', message: 'undefined' });
    const round = new Error('round');
    round.cause = round;
    expect(JSON.stringify(errorFields(round)).length).to.be.lessThan(1000);
  });
});

describe('errorType', () => {
  it('is the outermost code, else the name', () => {
    const protocol = Object.assign(new Error('x'), { type: 'REBALANCE_IN_PROGRESS' });
    expect(errorType(new Error('wrapped', { cause: protocol }))).to.equal('REBALANCE_IN_PROGRESS');
    expect(errorType(new LockstepError('SINK_FAILED', 'x', { cause: protocol }))).to.equal('SINK_FAILED');
    expect(errorType(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).to.equal('ECONNREFUSED');
    expect(errorType(new TypeError('x'))).to.equal('TypeError');
  });

  it('is one of few words, whatever it comes from', () => {
    const named = Object.assign(new Error('x'), { name: 'no document text here', type: 'nor "here"', code: 42 });
    for (const error of [named, 'a text', undefined, { type: 'X' }]) expect(errorType(error)).to.equal('_OTHER');
    const round = new Error('x');
    round.cause = round;
    expect(errorType(round)).to.equal('Error');
  });
});
