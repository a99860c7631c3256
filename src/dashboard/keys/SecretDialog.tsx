import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { Dialog } from '../ui/Dialog.js';
import { download } from '../ui/download.js';
import { Notice } from '../ui/Notice.js';
import { PlainCopy } from '../ui/PlainCopy.js';
import { useLeaveWarning } from '../ui/use-leave-warning.js';
import { SecretText } from './SecretText.js';
import type { CreatedKey } from './use-creation.js';

export interface SecretDialogProps {
  created: CreatedKey;
  onClose: () => void;
}

/** Shows a secret, once. Asks before closing unless it was copied. The secret is wiped however the dialog is closed. */
export function SecretDialog({ created: { key, secret }, onClose }: SecretDialogProps) {
  const [kept, setKept] = useState(false);
  const [asked, setAsked] = useState(false);
  const keep = () => setKept(true);

  useEffect(() => {
    // The browser may keep the page for the Back button, and runs none of its code until then.
    const leave = () => {
      secret.wipe();
      flushSync(onClose);
    };
    addEventListener('pagehide', leave);
    return () => removeEventListener('pagehide', leave);
  }, [secret, onClose]);

  useLeaveWarning(!kept);

  const close = () => {
    if (!kept && !asked) return setAsked(true);
    secret.wipe();
    onClose();
  };

  return (
    <Dialog title={`“${key.name}” was created`} onCloseRequest={close}>
      <Notice kind="warning">
        <strong>This secret will not be shown again.</strong> Copy or download it now, and store it where only your programs can
        read it.
      </Notice>
      <dl className="credentials">
        <dt>Key id</dt>
        <dd>
          <PlainCopy text={key.keyId} what="key id" />
        </dd>
        <dt>Secret</dt>
        <dd>
          <SecretText secret={secret} what="secret" onKept={keep} />
        </dd>
        <dt>Try it</dt>
        <dd>
          <SecretText
            secret={secret}
            what="command"
            format={(text) => `curl -i -u '${key.keyId}:${text}' ${location.origin}/v1/verify`}
            onKept={keep}
          />
        </dd>
      </dl>
      {asked && !kept && (
        <Notice kind="danger">
          Have you saved the secret? It cannot be shown again. Without it, you have to create another key.
        </Notice>
      )}
      <div className="buttons">
        <button
          type="button"
          onClick={() => {
            download(`${key.keyId}.env`, 'text/plain', `KEYLEDGER_KEY_ID=${key.keyId}\nKEYLEDGER_SECRET=${secret.read()}\n`);
            keep();
          }}
        >
          Download .env
        </button>
        <button type="button" className="primary" onClick={close}>
          {kept ? 'Done' : asked ? 'Yes, close' : 'I have saved it'}
        </button>
      </div>
    </Dialog>
  );
}
