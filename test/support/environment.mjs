import { TestEnvironment } from 'jest-environment-node';

/** The environment of Node, which also says when a test has failed: see `failure.ts`. */
export default class extends TestEnvironment {
  handleTestEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.global.tellFailure?.();
  }
}
