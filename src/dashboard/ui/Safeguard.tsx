import { Component, type ReactNode } from 'react';
import { Notice } from './Notice.js';

/** Says that its content failed, where otherwise nothing would be left of the page. Only a class can catch that in React. */
export class Safeguard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override readonly state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice kind="danger">
        This page could not be loaded, or has failed.{' '}
        <button type="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </Notice>
    );
  }
}
