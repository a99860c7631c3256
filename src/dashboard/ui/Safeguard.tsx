import { Component, type ReactNode } from 'react';
import { Notice } from './Notice.js';

/** An error boundary: shows a message if its content fails. React requires a class for this. */
export class Safeguard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override readonly state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice kind="danger">
        This part of the page could not be loaded.{' '}
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </Notice>
    );
  }
}
